import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { mac } from './crypto.ts';

export interface SealingKey {
  /** 1 to 32 characters of `A-Za-z0-9_-`; stands in front of what the key sealed. */
  readonly id: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** Keys newest first: the first seals, all open. Rotation is adding one in front. */
export interface Keyring {
  /** AES-256-GCM, random 96-bit nonce: `<key id>.<nonce, ciphertext and tag in base64url>`. */
  seal(plain: string, associated: string): string;
  /** Throws when the key is unknown, or the text or `associated` was changed. */
  open(sealed: string, associated: string): string;
  /** The id of the key that sealed this. */
  keyIdOf(sealed: string): string;
  /** Keyed hash for look-ups and one-time codes. Made with the oldest key, so that rotation keeps look-ups working. */
  mac(purpose: string, value: string): string;
}

const nonceBytes = 12;
const tagBytes = 16;

export function createKeyring(keys: readonly SealingKey[]): Keyring {
  const newest = keys[0];
  const oldest = keys.at(-1);
  if (newest === undefined || oldest === undefined) throw new Error('a keyring needs at least one key');
  const derive = (key: SealingKey, use: string) =>
    Buffer.from(hkdfSync('sha256', key.secret, '', `gatehouse ${use}`, 32));
  // As key objects: handing the bytes over each time costs as much as the sealing itself.
  const sealing = new Map(keys.map((key) => [key.id, createSecretKey(derive(key, 'sealing'))]));
  const macKey = createSecretKey(derive(oldest, 'mac'));
  const sealingKey = createSecretKey(derive(newest, 'sealing'));

  return {
    seal(plain, associated) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce);
      cipher.setAAD(Buffer.from(associated));
      const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${newest.id}.${body.toString('base64url')}`;
    },
    open(sealed, associated) {
      const dot = sealed.indexOf('.');
      const key = sealing.get(sealed.slice(0, dot));
      if (key === undefined) throw new Error(`no sealing key "${sealed.slice(0, Math.max(dot, 0))}"`);
      const body = Buffer.from(sealed.slice(dot + 1), 'base64url');
      if (body.length < nonceBytes + tagBytes) throw new Error('sealed value is cut short');
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(associated));
      decipher.setAuthTag(body.subarray(-tagBytes));
      return decipher.update(body.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
    },
    keyIdOf: (sealed) => sealed.slice(0, sealed.indexOf('.')),
    mac: (purpose, value) => mac(macKey, purpose, value),
  };
}
