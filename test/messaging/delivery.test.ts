import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withSecrets } from '../../src/messaging/index.ts';
import { MailServer } from '../support/mail.ts';
import { aMessage, aMessaging, type MessagingForTests } from './a-messaging.ts';

describe('messages', () => {
  let server: MailServer;
  let made: MessagingForTests;

  beforeEach(async () => {
    server = await MailServer.start();
    made = await aMessaging(server.url);
  });
  afterEach(async () => {
    await made.messaging.stop();
    await made.close();
    await server.down();
  });

  const states = async () => (await made.messaging.list({ limit: 50 })).items.map(({ state }) => state);
  const only = async () => (await made.messaging.list({ limit: 1 })).items[0];

  it('go out once, though they are handed in many times', async () => {
    const item = aMessage();
    await made.messaging.accept([item, item]);
    await made.messaging.accept([item]);
    await made.tryTimes(2);
    await made.messaging.accept([item]);
    await made.tryTimes(1);
    expect(server.received).toHaveLength(1);
    expect(await states()).toEqual(['sent']);
  });

  it('go out once, though two processes work at the same time', async () => {
    const items = Array.from({ length: 10 }, (_, n) => aMessage({ to: `p${n}@example.test` }));
    await made.messaging.accept(items);
    const other = await made.another();
    await Promise.all([made.messaging.workOnce(), other.workOnce(), made.messaging.workOnce()]);
    expect(server.received.map((mail) => mail.to[0]).sort()).toEqual(items.map((item) => item.body['to']).sort());
  });

  it('F5: wait while the server is down, and go out after, each once', async () => {
    await server.down();
    await made.messaging.accept(Array.from({ length: 12 }, (_, n) => aMessage({ to: `p${n}@example.test` })));
    await made.tryTimes(3);
    expect(await states()).toEqual(Array.from({ length: 12 }, () => 'waiting'));
    await server.up();
    await made.tryTimes(2);
    expect(new Set(server.received.map((mail) => mail.to[0])).size).toBe(12);
    expect(server.received).toHaveLength(12);
  });

  it('do not all knock at a server that is away', async () => {
    await server.down();
    await made.messaging.accept(Array.from({ length: 15 }, (_, n) => aMessage({ to: `p${n}@example.test` })));
    await made.messaging.workOnce();
    const tried = (await made.messaging.list({ limit: 50 })).items.filter((message) => message.tries > 0);
    expect(tried.length).toBeLessThanOrEqual(5);
    expect(await made.messaging.workOnce()).toBe(0);
  });

  it.each([
    [{ refuse: 'recipient', code: 450 }, 'waiting'],
    [{ refuse: 'data', code: 451 }, 'waiting'],
    [{ refuse: 'greeting', code: 421 }, 'waiting'],
    [{ refuse: 'greeting', code: 554 }, 'waiting'],
    [{ refuse: 'sender', code: 550 }, 'waiting'],
    [{ refuse: 'recipient', code: 550 }, 'refused'],
    [{ refuse: 'data', code: 554 }, 'refused'],
  ] as const)('after %j are %s', async (behaviour, state) => {
    server.always = behaviour;
    await made.messaging.accept([aMessage()]);
    await made.messaging.workOnce();
    expect(await only()).toMatchObject({
      state,
      tries: 1,
      attempts: [{ reply: expect.stringContaining(String(behaviour.code)) }],
    });
    server.always = 'accept';
    await made.tryTimes(3);
    expect(server.received).toHaveLength(state === 'refused' ? 0 : 1);
  });

  it('F5: go out in the end, once, when the connection breaks in the middle of the mail', async () => {
    server.plan.push('drop-in-data', 'drop-in-data', 'drop-in-data');
    await made.messaging.accept([aMessage()]);
    await made.tryTimes(5);
    expect(server.received).toHaveLength(1);
    expect(await only()).toMatchObject({ state: 'sent', tries: 4, doubts: 0 });
  });

  it('F5: arrive twice at most, under one Message-ID, when the answer to a whole mail is lost', async () => {
    server.plan.push('drop-after-data');
    await made.messaging.accept([aMessage()]);
    await made.tryTimes(4);
    expect(server.received).toHaveLength(2);
    expect(new Set(server.received.map((mail) => mail.messageId)).size).toBe(1);
    expect(server.received[0]?.raw).toBe(server.received[1]?.raw);
    expect(await states()).toEqual(['sent']);
  });

  it('F5: are not sent a third time when the answer is lost again', async () => {
    server.always = 'drop-after-data';
    await made.messaging.accept([aMessage()]);
    await made.tryTimes(6);
    expect(server.received).toHaveLength(2);
    expect(await states()).toEqual(['unconfirmed']);
    expect(made.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('are tried again when a process went away with them, but not while it may still send them', async () => {
    await made.messaging.accept([aMessage()]);
    server.always = 'silent';
    // A process that hangs because the server keeps it waiting, and comes back when its message is long sent.
    const late = (await made.another()).workOnce();
    while (server.connections === 0) await new Promise((resolve) => setImmediate(resolve));
    server.always = 'accept';
    expect(await made.messaging.workOnce()).toBe(0);
    made.clock.advance(2 * 60_000);
    await made.messaging.workOnce();
    expect(server.received).toHaveLength(1);
    await server.down();
    await late;
    expect(await only()).toMatchObject({ state: 'sent', tries: 2, attempts: [{ outcome: 'sent' }] });
  });

  it('are not sent any more after their time', async () => {
    await server.down();
    await made.messaging.accept([aMessage({ expiresAt: new Date(made.clock.now().getTime() + 60_000) })]);
    await made.tryTimes(2);
    await server.up();
    await made.tryTimes(2);
    expect(server.received).toHaveLength(0);
    expect(await states()).toEqual(['expired']);
  });

  it.each([
    'mia@example.test\r\nBcc: x@evil.test',
    'mia@example.test, x@evil.test',
    '<x@evil.test>',
    'no address',
    'a@b@c',
  ])('do not go to %j', async (to) => {
    await made.messaging.accept([aMessage({ to })]);
    await made.tryTimes(1);
    expect(server.connections).toBe(0);
    expect(await states()).toEqual(['refused']);
  });

  it('go on when one of them cannot be read, made or has no realm', async () => {
    const unreadable = { ...aMessage(), body: { nonsense: true } };
    await made.messaging.accept([unreadable, aMessage({ realm: 'gone' }), aMessage()]);
    await made.tryTimes(1);
    expect(server.received).toHaveLength(1);
    expect((await states()).sort()).toEqual(['sent', 'waiting']);
  });

  it('S2: leave no link in the database, while they wait and after they went', async () => {
    const onDisk = async () => {
      const names = await readdir(made.dataDir);
      return (await Promise.all(names.map((name) => readFile(join(made.dataDir, name), 'latin1')))).join('');
    };
    const item = withSecrets(made.keyring, aMessage({ params: { name: 'Mia', until: 'x' } }), {
      link: 'https://x.test/planted-secret',
    });
    expect(JSON.stringify(item)).not.toContain('planted-secret');
    await made.messaging.accept([item]);
    expect((await only())?.params).toContain('planted-secret');
    expect(await onDisk()).not.toContain('planted-secret');
    await made.tryTimes(1);
    expect(server.received[0]?.text).toContain('planted-secret');
    expect(await only()).toMatchObject({ state: 'sent', params: '{}' });
    expect(JSON.stringify(made.logged)).not.toContain('planted-secret');
  });

  it('go out by themselves once started, soon after they came', async () => {
    made.messaging.start();
    await made.messaging.accept([aMessage()]);
    const [mail] = await server.arrived(1);
    expect(mail?.to).toEqual(['mia@example.test']);
  });
});

describe('without a mail server', () => {
  it('messages are kept in the outbox, once, with what a person would read', async () => {
    const made = await aMessaging(undefined);
    try {
      const item = aMessage({ locale: 'de-AT' });
      await made.messaging.accept([item]);
      await made.messaging.accept([aMessage({ channel: 'sms', to: '+4915112345678' })]);
      await made.tryTimes(2);
      const { items } = await made.messaging.outbox.list({ limit: 10 });
      expect(items).toHaveLength(2);
      expect(items.find(({ id }) => id === item.id)).toMatchObject({
        realm: 'web1',
        channel: 'mail',
        to: 'mia@example.test',
        subject: expect.stringMatching(/^de message\.invitation\.subject .*Web1/),
        text: expect.stringContaining('planted-secret'),
      });
    } finally {
      await made.close();
    }
  });
});
