import { createHmac } from 'node:crypto';

/** What a generator computes its codes from. */
export interface Seed {
  /** Base64. */
  readonly secret: string;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 8;
}

/**
 * The code of one counter value, leading zeros kept: RFC 4226 §5.3. A time-based generator's counter is its time step
 * (RFC 6238 §4.2). `counter`: a whole number from 0.
 */
export function codeOf(seed: Seed, counter: number): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac(seed.algorithm, Buffer.from(seed.secret, 'base64')).update(moving).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const truncated = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(truncated % 10 ** seed.digits).padStart(seed.digits, '0');
}

/** The time step of `now`: RFC 6238 §4.2, T0 = 0. */
export function timeStep(periodS: number, now: Date): number {
  return Math.floor(now.getTime() / 1000 / periodS);
}
