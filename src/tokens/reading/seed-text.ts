/** Each reads a seed as text; undefined when it is none. Blanks and dashes between groups are dropped. */
export function fromHex(text: string): Uint8Array | undefined {
  const hex = text.replaceAll(/[\s-]/g, '');
  return /^([0-9a-fA-F]{2})+$/.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

/** Only the one spelling of each value: RFC 4648 §3.5. */
export function fromBase64(text: string): Uint8Array | undefined {
  const base64 = text.replaceAll(/\s/g, '');
  const bytes = Buffer.from(base64, 'base64');
  return base64 !== '' && bytes.toString('base64') === base64 ? bytes : undefined;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6; padding may be left out, as authenticator apps do. */
export function fromBase32(text: string): Uint8Array | undefined {
  const base32 = text.replaceAll(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]+$/.test(base32) || [1, 3, 6].includes(base32.length % 8)) return undefined;
  const bytes = Buffer.alloc(Math.floor((base32.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of base32) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = held >> bits;
    at += 1;
  }
  return bytes;
}
