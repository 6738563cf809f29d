import { createDecipheriv, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { childOf, type Element, textOf } from './pskc-elements.ts';
import { fromBase64 } from './seed-text.ts';

/** What the person who imports has been given with the file. */
export interface PskcSecrets {
  /** The pre-shared key: 16, 24 or 32 bytes. */
  readonly key?: Uint8Array;
  readonly password?: string;
}

export interface PskcKeys {
  readonly encryption?: Uint8Array;
  readonly mac?: { readonly hash: string; readonly key: Uint8Array };
}

/** A value that cannot be read; the message is for the person who imports. */
export class PskcFault extends Error {}

const derive = promisify(pbkdf2);

/** More takes longer than any maker of tokens would wait. */
const mostIterations = 10_000_000;

const prfs: Readonly<Record<string, string>> = {
  hmacwithsha1: 'sha1',
  hmacwithsha256: 'sha256',
  hmacwithsha512: 'sha512',
};

const hashes: Readonly<Record<string, string>> = {
  'hmac-sha1': 'sha1',
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
};

/** The last part of an algorithm's address, in small letters: the same algorithms have several addresses. */
function algorithmOf(element: Element | undefined): string {
  return (element?.attributes['Algorithm'] ?? '').split(/[#:/]/).at(-1)?.toLowerCase() ?? '';
}

/** RFC 6030 §6.1, §6.2: the pre-shared key, or the one that PBKDF2 makes of the password. `element`: `EncryptionKey`. */
export async function encryptionKeyOf(element: Element, secrets: PskcSecrets): Promise<Uint8Array> {
  const derived = childOf(element, 'DerivedKey');
  if (derived === undefined) {
    if (secrets.key === undefined)
      throw new PskcFault('the seeds are encrypted with a pre-shared key: give --key-file');
    if (![16, 24, 32].includes(secrets.key.length))
      throw new PskcFault('the pre-shared key is not 128, 192 or 256 bits long');
    return secrets.key;
  }
  if (secrets.password === undefined)
    throw new PskcFault('the seeds are encrypted with a password: give --password-file');
  const method = childOf(derived, 'KeyDerivationMethod');
  if (algorithmOf(method) !== 'pbkdf2') throw new PskcFault('the key is derived in another way than by PBKDF2');
  const params = childOf(method, 'PBKDF2-params');
  const salt = fromBase64(textOf(params, 'Salt', 'Specified') ?? '');
  const iterations = wholeOf(textOf(params, 'IterationCount'));
  const length = wholeOf(textOf(params, 'KeyLength'));
  const prf = childOf(params, 'PRF');
  const named = algorithmOf(prf);
  // RFC 8018 A.2: HMAC-SHA-1 where none is named.
  const hash = named === '' ? 'sha1' : (prfs[named.replaceAll('-', '')] ?? hashes[named]);
  if (salt === undefined || iterations === undefined || length === undefined || hash === undefined)
    throw new PskcFault('the parameters of PBKDF2 cannot be read');
  if (iterations < 1 || iterations > mostIterations)
    throw new PskcFault(`more than ${mostIterations} rounds of PBKDF2`);
  if (![16, 24, 32].includes(length)) throw new PskcFault('the derived key is not 128, 192 or 256 bits long');
  return derive(secrets.password, salt, iterations, length, hash);
}

/** `element`: `MACMethod`. Where it holds no key of its own the encryption key is used, as drafts of RFC 6030 had it. */
export function macKeyOf(element: Element, encryption: Uint8Array | undefined): NonNullable<PskcKeys['mac']> {
  const hash = hashes[algorithmOf(element)];
  if (hash === undefined) throw new PskcFault('the MAC is made with an algorithm that is not understood');
  const own = childOf(element, 'MACKey');
  const key = own === undefined ? encryption : decrypted(own, encryption);
  if (key === undefined) throw new PskcFault('there is a MAC and no key for it');
  return { hash, key };
}

/** `element`: `Secret`. Undefined when it holds no value. Checks the MAC before anything is deciphered: RFC 6030 §6.1.1. */
export function secretOf(element: Element, keys: PskcKeys): Uint8Array | undefined {
  const plain = textOf(element, 'PlainValue');
  if (plain !== undefined) {
    const value = fromBase64(plain);
    if (value === undefined) throw new PskcFault('the seed is not base64');
    return value;
  }
  const encrypted = childOf(element, 'EncryptedValue');
  if (encrypted === undefined) return undefined;
  // CBC alone tells nobody that it was changed.
  const given = fromBase64(textOf(element, 'ValueMAC') ?? '');
  if (keys.mac === undefined || given === undefined) throw new PskcFault('the seed is encrypted and carries no MAC');
  const right = createHmac(keys.mac.hash, keys.mac.key).update(cipherValue(encrypted)).digest();
  if (right.length !== given.length || !timingSafeEqual(right, given))
    throw new PskcFault('the MAC is wrong: another key or password than the file’s, or the file was changed');
  return decrypted(encrypted, keys.encryption);
}

const ciphers: Readonly<Record<string, number>> = { 'aes128-cbc': 16, 'aes192-cbc': 24, 'aes256-cbc': 32 };
const ivBytes = 16;

function decrypted(element: Element, key: Uint8Array | undefined): Uint8Array {
  const length = ciphers[algorithmOf(childOf(element, 'EncryptionMethod'))];
  if (length === undefined) throw new PskcFault('it is encrypted in another way than AES-CBC');
  if (key === undefined) throw new PskcFault('it is encrypted, and the file does not say with which key');
  if (key.length !== length)
    throw new PskcFault(`the key has ${key.length * 8} bits where AES-${length * 8} needs ${length * 8}`);
  const value = cipherValue(element);
  if (value.length < 2 * ivBytes || value.length % ivBytes !== 0)
    throw new PskcFault('an encrypted value is cut short');
  try {
    const decipher = createDecipheriv(`aes-${length * 8}-cbc`, key, value.subarray(0, ivBytes));
    // XML Encryption §5.2: the last byte says how many were added; the others may be anything.
    decipher.setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(value.subarray(ivBytes)), decipher.final()]);
    const added = padded.at(-1) ?? 0;
    if (added < 1 || added > ivBytes)
      throw new PskcFault('it does not decrypt: another key or password than the file’s');
    return padded.subarray(0, padded.length - added);
  } catch (error) {
    if (error instanceof PskcFault) throw error;
    throw new PskcFault('it does not decrypt: another key or password than the file’s');
  }
}

function cipherValue(element: Element): Uint8Array {
  const value = fromBase64(textOf(element, 'CipherData', 'CipherValue') ?? '');
  if (value === undefined) throw new PskcFault('an encrypted value is not base64');
  return value;
}

function wholeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
