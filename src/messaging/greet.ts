import { readMailbox } from './mail-letter.ts';
import { connectionTo } from './smtp.ts';

export type Greeted =
  | { readonly ok: true; readonly isEncrypted: boolean; readonly isLoggedIn: boolean }
  | { readonly ok: false; readonly reply: string };

/** Connects, says EHLO, starts TLS where it is offered, logs in where a user is given; hands over no mail. */
export async function greetMailServer(url: string, from: string, deadlineMs = 10_000): Promise<Greeted> {
  const { options, login } = connectionTo({ url, from: readMailbox(from), deadlineMs });
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const talk = new Connection(options);
  return await new Promise<Greeted>((resolve) => {
    const fail = (error: unknown) =>
      resolve({ ok: false, reply: ((error as Partial<Error>).message ?? 'no answer').slice(0, 300) });
    const greeted = () => {
      resolve({ ok: true, isEncrypted: talk.secure, isLoggedIn: login !== undefined });
      talk.quit();
    };
    // Errors also come after everything is settled, and must not be left without a listener.
    talk.on('error', fail);
    talk.on('end', () => fail(new Error('the server hung up')));
    talk.connect((error) => {
      if (error !== undefined) return fail(error);
      if (login === undefined) return greeted();
      talk.login(login, (refused) => (refused === null ? greeted() : fail(refused)));
    });
  }).finally(() => talk.close());
}
