import { randomBytes } from 'node:crypto';

/** 128 random bits, base64url, 22 characters; never a dash first, which command lines take for an option. */
export function newId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newId() : id;
}

// Crockford's alphabet: no I, L, O, U, so that a reference survives being read over the telephone.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A reference number for error pages, audit and log, such as `7Q2M-XK4D` (40 bits: an address, not a secret). */
export function newReference(): string {
  let letters = '';
  // 32 letters: five bits of each byte, all alike likely.
  for (const byte of randomBytes(8)) letters += alphabet.charAt(byte & 31);
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
