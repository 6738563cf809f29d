/** What people put between the groups of an id that they copy or read aloud: blanks, also unseen ones, and every dash. */
const separators = /[\s\u00ad\u200b-\u200d\u2060\ufeff\-\u2010-\u2015\u2212]/gu;

/** Input methods of East Asia type full-width letters and digits. */
const fullWidth = /[\uff01-\uff5e]/g;
const fullWidthDistance = 0xfee0;

/** Four letters and eight digits is what we print; serial numbers of other makers are ids too. */
const credentialId = /^[A-Za-z0-9]{4,32}$/;

const longestTyped = 128;

/** The Credential ID in what was typed, in capitals without blanks and dashes; undefined when it cannot be one. Takes anything. */
export function readCredentialId(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > longestTyped) return undefined;
  const id = typed
    .replace(fullWidth, (sign) => String.fromCharCode(sign.charCodeAt(0) - fullWidthDistance))
    .replace(separators, '');
  // Letters are judged before they become capitals: other alphabets have letters whose capital is one of ours.
  return credentialId.test(id) ? id.toUpperCase() : undefined;
}
