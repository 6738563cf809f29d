import { createHmac, hash, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256, base64url. */
export function digest(value: string | Uint8Array): string {
  return hash('sha256', value, 'base64url');
}

/** HMAC-SHA-256, base64url. `purpose` separates uses of one key. A key object costs a sixth of what bytes do. */
export function mac(key: KeyObject, purpose: string, value: string): string {
  return createHmac('sha256', key).update(`${purpose}\0`).update(value).digest('base64url');
}

/** Constant-time comparison of two texts of any length. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

/** `bytes` random bytes, base64url. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
