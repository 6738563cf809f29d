import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { composeMail, isMailable, messageIdOf, readMailbox } from '../../src/messaging/mail-letter.ts';
import type { Letter } from '../../src/messaging/sender.ts';
import { createSmtp } from '../../src/messaging/smtp.ts';
import { MailServer } from '../support/mail.ts';

const from = readMailbox('Gatehouse <no-reply@id.example.test>');

const letter: Letter = {
  id: 'item-1',
  realm: 'web1',
  realmName: 'Web1 Überall',
  channel: 'mail',
  to: 'mia@example.test',
  lang: 'de',
  subject: 'Ihr Konto wurde geöffnet',
  text: 'Hallo Mia,\n\n.ein Punkt am Anfang\n',
  html: '<p>Hallo Mia</p>',
  at: new Date('2026-03-02T09:00:00Z'),
};

const headersOf = (raw: string) =>
  raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');

describe('a mail', () => {
  it('has exactly these headers, in this order, at every try', async () => {
    const raw = (await composeMail(letter, from)).toString();
    expect(headersOf(raw).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'Auto-Submitted',
      'Content-Language',
      'From',
      'To',
      'Subject',
      'Message-ID',
      'Date',
      'MIME-Version',
      'Content-Type',
    ]);
    expect((await composeMail(letter, from)).toString()).toBe(raw);
  });

  it('says whose it is, that a program sent it, and has a Message-ID of our domain', async () => {
    const mail = await PostalMime.parse(await composeMail(letter, from));
    expect(mail).toMatchObject({
      from: { name: 'Web1 Überall', address: 'no-reply@id.example.test' },
      subject: letter.subject,
      messageId: expect.stringMatching(/^<[\w-]{43}@id\.example\.test>$/),
      date: '2026-03-02T09:00:00.000Z',
    });
    expect(mail.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
  });

  it('has another Message-ID when it is another message', () => {
    expect(messageIdOf('item-1', from)).not.toBe(messageIdOf('item-2', from));
  });

  it('keeps every header on its line, whatever stands in names and subjects', async () => {
    const nasty = fc.string({
      unit: fc.constantFrom('a', 'é', '\r', '\n', '\0', ':', ' ', '"', '<', '>', ',', '\u2028'),
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(nasty, nasty, async (subject, realmName) => {
        const injected = `${subject}\r\nBcc: x@evil.test\r\n\r\n<script>`;
        const raw = (
          await composeMail({ ...letter, subject: injected, realmName: `${realmName}\nX-Evil: 1` }, from)
        ).toString();
        const names = headersOf(raw).map((line) => line.slice(0, line.indexOf(':')));
        const mail = await PostalMime.parse(raw);
        return names.length === 9 && new Set(names).size === 9 && mail.to?.length === 1 && mail.bcc === undefined;
      }),
      { numRuns: 300 },
    );
  });
});

describe('an address', () => {
  it.each(['mia@example.test', 'mia+tag@example.test', "o'hara@example.test", 'jürgen@bücher.example', 'a@localhost'])(
    '%s can be mailed',
    (to) => {
      expect(isMailable(to)).toBe(true);
    },
  );
  it.each([
    '',
    '@',
    'a@',
    '@b',
    'a b@c',
    'a@b@c',
    'a@b,c@d',
    '"a"@b',
    'a@b\r\n',
    'a..b@c',
    '.a@b',
    'a.@b',
    'a@b..c',
    `${'a'.repeat(65)}@b`,
    'a;b@c',
  ])('%j cannot', (to) => {
    expect(isMailable(to)).toBe(false);
  });
  it('is read with and without a name, and refused when it is neither', () => {
    expect(readMailbox('"Gate House" <a@b.test>')).toEqual({ name: 'Gate House', address: 'a@b.test' });
    expect(readMailbox('a@b.test')).toEqual({ name: '', address: 'a@b.test' });
    expect(() => readMailbox('Gatehouse <a@b.test, c@d.test>')).toThrow('not a sender');
  });
});

describe('the SMTP sender', () => {
  const handOver = async () => {};

  it('logs in, and takes a refused login for our own fault, not the message’s', async () => {
    const server = await MailServer.start({ login: { user: 'gate@house', pass: 'p:ss/word' } });
    try {
      expect(await createSmtp({ url: server.url, from }).send(letter, handOver)).toMatchObject({ ok: true });
      const wrong = createSmtp({ url: server.url.replace('p%3Ass', 'wrong'), from });
      expect(await wrong.send(letter, handOver)).toMatchObject({
        ok: false,
        why: 'away',
        reply: expect.stringContaining('535'),
      });
      expect(server.received[0]).toMatchObject({
        from: 'no-reply@id.example.test',
        to: ['mia@example.test'],
        subject: letter.subject,
      });
      expect(server.received[0]?.text).toContain('\n.ein Punkt');
    } finally {
      await server.down();
    }
  });

  it('gives up on a server that takes the connection and says nothing', async () => {
    const server = await MailServer.start();
    server.always = 'silent';
    try {
      const sent = await createSmtp({ url: server.url, from, deadlineMs: 50 }).send(letter, handOver);
      expect(sent).toMatchObject({ ok: false, why: 'away' });
    } finally {
      await server.down();
    }
  });

  it('does not hand over what may not be handed over any more', async () => {
    const server = await MailServer.start();
    try {
      const sent = await createSmtp({ url: server.url, from }).send(letter, () =>
        Promise.reject(new Error('claimed by another')),
      );
      expect(sent).toMatchObject({ ok: false, why: 'away' });
      expect(server.received).toHaveLength(0);
    } finally {
      await server.down();
    }
  });
});
