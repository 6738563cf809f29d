import { digest } from '../kernel/index.ts';
import type { Letter } from './sender.ts';

/** Who our mails are from: `Gatehouse <no-reply@id.example.com>`, taken apart. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

// No control character, blank, bracket, quote or list separator: such an address is one address, and one header line.
const safeAddress = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[^\s\p{Cc}<>()[\]\\,;:"@]{1,255}$/u;

/** Whether a mail may be addressed to it: one plain address, nothing that could end a header line or add a recipient. */
export function isMailable(address: string): boolean {
  return safeAddress.test(address) && !address.includes('..') && !address.startsWith('.') && !address.includes('.@');
}

export function readMailbox(text: string): Mailbox {
  const match = /^\s*(?:(.*?)\s*<([^<>]+)>|([^<>\s]+))\s*$/.exec(text);
  const address = (match?.[2] ?? match?.[3] ?? '').trim();
  if (!isMailable(address)) throw new Error(`"${text}" is not a sender such as Gatehouse <no-reply@id.example.com>`);
  return { name: oneLine(match?.[1] ?? '').replace(/^"(.*)"$/, '$1'), address };
}

/** `<…@our domain>`: the same at every try, so that a server that got it twice can tell. */
export function messageIdOf(id: string, from: Mailbox): string {
  return `<${digest(`message ${id}`)}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`;
}

/**
 * The mail as it goes over the wire. Headers are always the same ones in the same order, so that DKIM signs a stable
 * set. No List-Unsubscribe: nobody unsubscribes from security. Auto-Submitted (RFC 3834 §5) keeps out-of-office
 * answers away.
 */
export async function composeMail(letter: Letter, from: Mailbox): Promise<Buffer> {
  // Loaded with the first mail: a start need not wait for it.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    from: { name: oneLine(letter.realmName), address: from.address },
    to: { name: '', address: letter.to },
    subject: oneLine(letter.subject),
    date: letter.at,
    messageId: messageIdOf(letter.id, from),
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': letter.lang },
    text: letter.text,
    html: letter.html,
    // Also at a second try: the mail is the same to the byte.
    baseBoundary: digest(`boundary ${letter.id}`).slice(0, 24),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
