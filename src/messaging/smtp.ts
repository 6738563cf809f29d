import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { composeMail, isMailable, type Mailbox } from './mail-letter.ts';
import { deadlineS, type Sender, type Sent } from './sender.ts';

export interface SmtpOptions {
  /** `smtp://user:password@mail.example.com:587`, or `smtps://…:465`. */
  readonly url: string;
  readonly from: Mailbox;
  /** Milliseconds; for tests that do not want to wait for a slow server. */
  readonly deadlineMs?: number;
}

const connectMs = 10_000;
const silenceMs = 20_000;

/**
 * How long the end of a mail is held back after its body. A connection that breaks while we still hold the end was
 * certainly not a delivery; only what breaks after it leaves doubt.
 */
const holdBackMs = 50;

/** Sends over SMTP, one connection a mail. */
export function createSmtp({ url, from, deadlineMs = deadlineS * 1000 }: SmtpOptions): Sender {
  const { options, login } = connectionTo({ url, from, deadlineMs });
  return {
    async send(letter, beforeHandingOver) {
      if (!isMailable(letter.to)) return { ok: false, why: 'refused', reply: 'not an address that mail can go to' };
      const mail = await composeMail(letter, from);
      // Loaded with the first mail: a start need not wait for it.
      const { default: Connection } = await import('nodemailer/lib/smtp-connection');
      const talk = new Connection(options);
      try {
        return await converse(talk, login, { mail, from: from.address, to: letter.to, beforeHandingOver }, deadlineMs);
      } finally {
        talk.close();
      }
    },
  };
}

/** How to connect to the server of `url`, and who we are there. */
export function connectionTo({ url, from, deadlineMs = deadlineS * 1000 }: SmtpOptions): {
  readonly options: SMTPConnection.Options;
  readonly login: Login | undefined;
} {
  const server = new URL(url);
  const user = decodeURIComponent(server.username);
  const options: SMTPConnection.Options = {
    host: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(server.port === '' ? {} : { port: Number(server.port) }),
    secure: server.protocol === 'smtps:',
    name: from.address.slice(from.address.lastIndexOf('@') + 1),
    // A password never goes over the network in clear.
    requireTLS: user !== '' && server.protocol === 'smtp:' && !isLoopback(server.hostname),
    connectionTimeout: Math.min(connectMs, deadlineMs),
    greetingTimeout: Math.min(connectMs, deadlineMs),
    socketTimeout: Math.min(silenceMs, deadlineMs),
    socketCloseTimeout: 1_000,
  };
  const login = user === '' ? undefined : { credentials: { user, pass: decodeURIComponent(server.password) } };
  return { options, login };
}

interface Login {
  readonly credentials: { readonly user: string; readonly pass: string };
}

interface Parcel {
  readonly mail: Buffer;
  readonly from: string;
  readonly to: string;
  readonly beforeHandingOver: () => Promise<void>;
}

function converse(
  talk: SMTPConnection,
  login: Login | undefined,
  { mail, from, to, beforeHandingOver }: Parcel,
  deadlineMs: number,
): Promise<Sent> {
  return new Promise((resolve) => {
    let isHandedOver = false;
    const settle = (sent: Sent) => {
      clearTimeout(deadline);
      resolve(sent);
    };
    const fail = (error: unknown) => settle(judge(error, isHandedOver));
    const deadline = setTimeout(() => fail(new Error('took too long')), deadlineMs);

    const send = () => {
      const body = Readable.from(
        endHeldBack(mail, async () => {
          await beforeHandingOver();
          isHandedOver = true;
        }),
      );
      body.on('error', fail);
      const envelope = { from, to, size: mail.length };
      talk.send(envelope, body, (error, info) => {
        if (error !== null) return fail(error);
        settle({ ok: true, reply: info?.response ?? '' });
        talk.quit();
      });
    };
    // Errors also come after everything is settled, and must not be left without a listener.
    talk.on('error', fail);
    talk.on('end', () => fail(new Error('the server hung up')));
    talk.connect((error) => {
      if (error !== undefined) return fail(error);
      if (login === undefined) return send();
      talk.login(login, (refused) => (refused === null ? send() : fail(refused)));
    });
  });
}

async function* endHeldBack(mail: Buffer, beforeEnd: () => Promise<void>): AsyncGenerator<Buffer> {
  yield mail;
  await wait(holdBackMs);
  await beforeEnd();
}

/** 5xx for the recipient or the mail is final; for the greeting, the login or our sender address it is ours to repair. */
function judge(error: unknown, isHandedOver: boolean): Sent {
  const { code, command, responseCode, response, message } = error as Partial<Failure>;
  const reply = (response ?? message ?? 'no answer').slice(0, 300);
  if (responseCode === undefined || responseCode < 400) {
    return { ok: false, why: isHandedOver ? 'unconfirmed' : 'away', reply };
  }
  const isAboutUs = code === 'EAUTH' || (command !== 'RCPT TO' && command !== 'DATA');
  if (responseCode === 421 || (isAboutUs && command !== 'MAIL FROM')) return { ok: false, why: 'away', reply };
  return { ok: false, why: responseCode >= 500 && !isAboutUs ? 'refused' : 'later', reply };
}

/** What nodemailer puts on its errors. */
interface Failure extends Error {
  readonly code: string;
  readonly command: string;
  readonly responseCode: number;
  readonly response: string;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
