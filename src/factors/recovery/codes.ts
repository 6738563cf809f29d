import { createHmac, randomInt } from 'node:crypto';

// Crockford's alphabet: no I, L, O, U, so that a code survives handwriting.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 13 × 5 = 65 bits: what NIST SP 800-63B-4 §4.2.1.1 asks of saved codes (64). */
const length = 13;

export const codesPerSet = 10;

export function newCodes(): readonly string[] {
  const one = () => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: codesPerSet }, one);
}

/** `7Q2M-XK4D-9VBTC`, for people. */
export function spaced(code: string): string {
  return [code.slice(0, 4), code.slice(4, 8), code.slice(8)].join('-');
}

/** What stands between groups, in any script's dashes. */
const between = /[\s\p{Pd}\u2212\u200b\u2060\ufeff]/gu;

/** The code in what was typed, however it is written; undefined when it cannot be one. Takes anything. */
export function parseCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 128) return undefined;
  const plain = typed.normalize('NFKC').replace(between, '').toUpperCase();
  const code = plain.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return code.length === length && [...code].every((letter) => alphabet.includes(letter)) ? code : undefined;
}

/**
 * What is kept of a code. A keyed hash is enough where a password's would not be: 65 random bits cannot be guessed at any
 * speed of hashing, and the key is of this set alone (which salts it) and itself sealed at rest. NIST SP 800-63B-4 §3.1.2.
 */
export function hashOf(key: string, code: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url')).update(code).digest('base64url');
}
