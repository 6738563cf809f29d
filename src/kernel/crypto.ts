import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256, base64url. */
export function digest(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('base64url');
}

/** HMAC-SHA-256, base64url. `purpose` separates uses of one key. A key object costs a sixth of what bytes do. */
export function mac(key: KeyObject, purpose: string, value: string): string {
  return createHmac('sha256', key).update(`${purpose}\0`).update(value).digest('base64url');
}

/** Constant-time comparison of two texts of any length. */
export function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}

/** `bytes` random bytes, base64url. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
