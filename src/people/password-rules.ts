import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { fold } from './normalise.ts';
import type { PasswordFault, PasswordRules } from './user.ts';

/** In code points. At least 64 must be taken (NIST SP 800-63B-4 §3.1.1.2); beyond this is refused, never cut. */
export const maxPasswordLength = 1_024;

/** Lengths count code points as they were typed (§3.1.1.2: each counts as one character). */
export const passwordLength = (password: string): number => [...password].length;

/** What a password must not be made of: the person's identifiers and name, the realm's name. */
export type Words = readonly (string | undefined)[];

let loading: Promise<ReadonlySet<string>> | undefined;

/** 18,000 passwords, read when first asked for (scripts/common-passwords.ts makes the file). */
function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= readFile(new URL('common-passwords.txt.br', import.meta.url))
    .then((packed) => promisify(brotliDecompress)(packed))
    .then((lines) => new Set(lines.toString('utf8').split('\n')));
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

/** Undefined when the password is good. No rules on kinds of characters (NIST SP 800-63B-4 §3.1.1.2). */
export async function judgePassword(
  password: string,
  rules: PasswordRules,
  words: Words,
): Promise<PasswordFault | undefined> {
  const length = passwordLength(password);
  if (length < rules.minLength) return 'too_short';
  if (length > maxPasswordLength) return 'too_long';
  if (isMadeOf(password, words)) return 'like_identifier';
  const plain = fold(password);
  const unit = repeatedUnit(plain);
  if (isSequence(plain) || passwordLength(unit) <= 4) return 'common';
  const common = await commonPasswords();
  return common.has(plain) || common.has(unit) ? 'common' : undefined;
}

/** `abcabcabc` → `abc`; a text that repeats nothing is its own unit. */
function repeatedUnit(text: string): string {
  // The first place where the text meets itself again in its own double.
  return text.slice(0, (text + text).indexOf(text, 1));
}

/** `abcdefgh`, `87654321`: every character next to the one before, 0 after 9. */
function isSequence(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const isRun = (step: number) =>
    codes.every((code, at) => {
      const previous = codes[at - 1];
      return previous === undefined || code === previous + step || code === previous - 9 * step;
    });
  return isRun(1) || isRun(-1);
}

const letters = (text: string) => fold(text).replace(/[^\p{L}\p{N}]/gu, '');

/** True when nothing is left of the password but one of the words, digits and signs around it, perhaps repeated. */
function isMadeOf(password: string, words: Words): boolean {
  const whole = letters(password);
  const core = repeatedUnit(withoutDigitsAround(whole));
  return words
    .flatMap((word) => (word === undefined ? [] : [word, ...word.split(/[\s@]+/)]))
    .map(letters)
    .filter((part) => part.length >= 3)
    .some((part) => part === whole || (core !== '' && (part === core || withoutDigitsAround(part) === core)));
}

const withoutDigitsAround = (text: string) => text.replace(/^\p{N}+|\p{N}+$/gu, '');
