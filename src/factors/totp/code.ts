/** ASCII digits only: other scripts' digits are not what an authenticator shows. */
const sixDigits = /^[0-9]{6}$/;

/** What people put between the groups of a pasted code. */
const blanks = /[\s\u200b\u2060\ufeff]/gu;

/** The six digits in what was typed or pasted, blanks dropped; undefined when it cannot be a code. Takes anything. */
export function parseCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 64) return undefined;
  const code = typed.replace(blanks, '');
  return sixDigits.test(code) ? code : undefined;
}
