import { randomInt } from 'node:crypto';

/** NIST SP 800-63B-4 §3.1.3.2: six decimal digits at least. */
export const codeDigits = 6;

export const newCode = (): string => String(randomInt(0, 10 ** codeDigits)).padStart(codeDigits, '0');

/** To be keyed in during a call, where 0 in front reports fraud. */
export const newShown = (): string => String(randomInt(10 ** (codeDigits - 1), 10 ** codeDigits));

const between = /[\s\p{Pd}\u200b\u2060\ufeff]/gu;

/** The six digits in what was typed or pasted; undefined when it cannot be a code. Takes anything. */
export function parseCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 64) return undefined;
  const code = typed.replace(between, '');
  return /^[0-9]{6}$/.test(code) ? code : undefined;
}
