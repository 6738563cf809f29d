import { randomInt } from 'node:crypto';

/** NIST SP 800-63B-4 §3.1.3.2: at least six digits, good for ten minutes at most. */
const digits = 6;
export const goodForMs = 10 * 60_000;

export function newCode(): string {
  return String(randomInt(10 ** digits)).padStart(digits, '0');
}

/** What people put between the groups of a pasted code. */
const blanks = /[\s\u200b\u2060\ufeff]/gu;

/** The six ASCII digits in what was typed or pasted; undefined when it cannot be a code. Takes anything. */
export function parseCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 64) return undefined;
  const code = typed.replace(blanks, '');
  return /^[0-9]{6}$/.test(code) ? code : undefined;
}

/** `m…@example.com`: for who has proven no more than a password. */
export function masked(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address.slice(0, at)].slice(0, 1).join('')}…${address.slice(at)}`;
}
