import { domainToASCII } from 'node:url';

/** Longer ones are refused, never cut: 64 for the local part, 255 for the domain, and the at sign (RFC 5321 §4.5.3.1). */
export const maxIdentifierLength = 320;

/**
 * The one form under which an identifier is looked up and counted: NFKC, trimmed, lower case, an email's domain in
 * ASCII (RFC 5891). Any text goes in, of any length; nothing is cut. Doing it twice changes nothing.
 */
export function normalise(identifier: string): string {
  const folded = fold(identifier);
  const at = folded.lastIndexOf('@');
  if (at < 1) return folded;
  const domain = folded.slice(at + 1);
  if (/^[\x21-\x7e]*$/.test(domain)) return folded;
  const ascii = domain.length > 255 ? '' : domainToASCII(domain);
  return ascii === '' ? folded : `${folded.slice(0, at + 1)}${ascii}`;
}

/** Case and width aside. */
export function fold(text: string): string {
  // Lower case can leave composed form and NFKC can leave lower case: both settle within a few rounds.
  let folded = text.toWellFormed();
  for (let round = 0; round < 4; round += 1) {
    const again = folded.normalize('NFKC').toLowerCase().trim();
    if (again === folded) break;
    folded = again;
  }
  return folded;
}

/**
 * What names are sorted and searched by: case, width and accents aside, so that Özil stands with Olsen and not behind
 * Zimmer, and is found as "ozil" too.
 */
export function nameKey(name: string): string {
  const plain = fold(name).normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').replaceAll('ß', 'ss');
  return plain === '' ? fold(name) : plain;
}

/** Unassigned, control, invisible and private characters, and blanks: two names that look alike must be one. */
const unseen = /[\p{C}\p{Z}]/u;

export function isEmail(value: string): boolean {
  const key = normalise(value);
  const at = key.lastIndexOf('@');
  const local = key.slice(0, at);
  const domain = key.slice(at + 1);
  if (at < 1 || at > 64 || domain.length > 255 || key.length > maxIdentifierLength || !value.isWellFormed())
    return false;
  if (unseen.test(key) || /[@"(),:;<>[\\\]]/.test(local)) return false;
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false;
  return domain.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}

/** No at sign, so that no user name can stand for somebody's email. */
export function isUsername(value: string): boolean {
  const key = normalise(value);
  return (
    key !== '' && key.length <= maxIdentifierLength && value.isWellFormed() && !unseen.test(key) && !key.includes('@')
  );
}

/** One line of visible text, 200 characters at most: it stands in mails, tables and the greeting of pages. */
export const isName = (name: string): boolean =>
  name.trim() !== '' && name.length <= 200 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name) && name.isWellFormed();
