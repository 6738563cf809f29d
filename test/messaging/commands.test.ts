import { messagingCommands } from '../../src/messaging/commands.ts';
import { MailServer } from '../support/mail.ts';
import { runCommands } from '../support/run-commands.ts';
import { aMessage, aMessaging, type MessagingForTests } from './a-messaging.ts';

describe('gatehouse mail and messages', () => {
  let server: MailServer;
  let made: MessagingForTests;

  beforeEach(async () => {
    server = await MailServer.start();
    made = await aMessaging(server.url);
  });
  afterEach(async () => {
    await made.close();
    await server.down();
  });

  async function run(...words: string[]) {
    let closed = 0;
    const context = {
      messaging: made.messaging,
      hasRealm: async (id: string) => id === 'web1',
      close: async () => void (closed += 1),
    };
    const ran = await runCommands((program) => messagingCommands(program, async () => context), words);
    return { ...ran, closed };
  }

  it('mail test sends at once and says what the server answered', async () => {
    const said = await run('mail', 'test', 'ops@example.test');
    expect(said).toMatchObject({ out: expect.stringContaining('250'), err: '', code: 0, closed: 1 });
    expect(server.to('ops@example.test')?.subject).toContain('message.mail-test.subject');
  });

  it('mail test exits with 1 and says what to look at when the server is away', async () => {
    await server.down();
    expect(await run('mail', 'test', 'ops@example.test')).toMatchObject({
      code: 1,
      err: expect.stringContaining('GATEHOUSE_MAIL_URL'),
      closed: 1,
    });
  });

  it('mail test refuses what is no address, or an unknown realm', async () => {
    expect(await run('mail', 'test', 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringContaining('not an address'),
    });
    expect(await run('mail', 'test', 'a@b.test', '--realm', 'gone')).toMatchObject({
      code: 1,
      // No server was asked, so none is blamed.
      err: 'gatehouse: not sent: there is no realm "gone"; see `gatehouse realm list`\n',
    });
    expect(server.connections).toBe(0);
  });

  it('messages list shows what became of messages, without addresses or secrets', async () => {
    server.plan.push({ refuse: 'recipient', code: 550 });
    await made.messaging.accept([aMessage()]);
    await made.messaging.workOnce();
    await made.messaging.accept([aMessage({ to: 'ben@example.test' })]);
    const { out } = await run('messages', 'list');
    expect(out).toMatch(/^AT +REALM +TEMPLATE +TO +STATE/);
    expect(out.split('\n').filter(Boolean)).toHaveLength(3);
    expect(out).toContain('m…@example.test');
    expect(out).toContain('refused');
    expect(out).not.toMatch(/mia@|planted/);
    const listed = JSON.parse((await run('messages', 'list', '--state', 'waiting', '--json')).out) as unknown[];
    expect(listed).toEqual([expect.objectContaining({ to: 'b…@example.test', state: 'waiting', realm: 'web1' })]);
    expect(JSON.stringify(listed)).not.toContain('planted');
  });

  it('messages list says so when there are none', async () => {
    expect((await run('messages', 'list', 'web1')).out).toBe('no messages\n');
    expect((await run('messages', 'list', 'web1', '--json')).out).toBe('[]\n');
    expect(await run('messages', 'list', 'gone')).toMatchObject({
      code: 1,
      err: 'gatehouse: there is no realm "gone"; see `gatehouse realm list`\n',
    });
  });

  it('refuses an unknown state as wrong usage', async () => {
    await expect(run('messages', 'list', '--state', 'lost')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });
});
