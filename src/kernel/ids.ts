import { randomBytes } from 'node:crypto';

/**
 * 128 random bits, base64url, 22 characters. A letter or digit first: command lines take a dash for an option, and
 * client ids may begin with neither dash nor underscore.
 */
export function newId(): string {
  const id = randomBytes(16).toString('base64url');
  return /^[-_]/.test(id) ? newId() : id;
}

const drawnAtOnce = 512;
let drawn = new Uint8Array();

/** Every request has a reference; eight bytes cost as much to draw as five hundred. */
function eightBytes(): Uint8Array {
  if (drawn.length === 0) drawn = randomBytes(drawnAtOnce);
  const eight = drawn.subarray(0, 8);
  drawn = drawn.subarray(8);
  return eight;
}

// Crockford's alphabet: no I, L, O, U, so that a reference survives being read over the telephone.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A reference number for error pages, audit and log, such as `7Q2M-XK4D` (40 bits: an address, not a secret). */
export function newReference(): string {
  let letters = '';
  // 32 letters: five bits of each byte, all alike likely.
  for (const byte of eightBytes()) letters += alphabet.charAt(byte & 31);
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
