import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { sameText } from '../kernel/index.ts';

/**
 * Signs cookies as Keygrip does (HMAC-SHA-1, base64url) and is taken in its place. Keygrip hands its keys' bytes over
 * for each cookie, and compares by hashing with a random key twice more, which cost as much as all else a cookie does.
 */
export class CookieSignatures {
  readonly #keys: readonly KeyObject[];

  /** Newest first: the first signs, all verify. */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => createSecretKey(key, 'utf8'));
  }

  sign(data: string): string {
    const [newest] = this.#keys;
    if (newest === undefined) throw new Error('no key signs cookies');
    return signedBy(newest, data);
  }

  verify(data: string, signature: string): boolean {
    return this.index(data, signature) >= 0;
  }

  /** Of the key that signed it; -1 for none. */
  index(data: string, signature: string): number {
    return this.#keys.findIndex((key) => sameText(signedBy(key, data), signature));
  }
}

const signedBy = (key: KeyObject, data: string) => createHmac('sha1', key).update(data).digest('base64url');
