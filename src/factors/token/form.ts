import type { Form } from '../factor.ts';

/** ASCII digits only: other scripts' digits are not what a token shows. Six or eight, whichever token it is. */
const wholeCode = /^([0-9]{6}|[0-9]{8})$/;

/** What people put between the groups of a pasted code. */
const blanks = /[\s\u200b\u2060\ufeff]/gu;

const longestTyped = 64;

/** The digits in what was typed or pasted, blanks dropped; undefined when it cannot be a code. Takes anything. */
export function readCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > longestTyped) return undefined;
  const code = typed.replace(blanks, '');
  return wholeCode.test(code) ? code : undefined;
}

export type Codes = readonly [string] | readonly [string, string];

/**
 * The one code, or the two consecutive ones, of a form; or the field that holds none. The second may be left out unless
 * `count` is 2.
 */
export function readCodes(
  form: Form,
  [first, second]: readonly [string, string],
  count: 1 | 2,
): { readonly codes: Codes } | { readonly malformed: string } {
  const one = readCode(form[first]);
  if (one === undefined) return { malformed: first };
  if (count === 1 && (form[second] ?? '').trim() === '') return { codes: [one] };
  const two = readCode(form[second]);
  return two === undefined ? { malformed: second } : { codes: [one, two] };
}

const longestName = 64;

/** What the person calls it; undefined when they gave it no name. */
export function readName(typed: string | undefined): string | undefined {
  const name = (typed ?? '').replaceAll(/\p{C}/gu, '').trim().slice(0, longestName).trim();
  return name === '' ? undefined : name;
}
