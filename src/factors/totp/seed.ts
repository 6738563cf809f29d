import { createRequire } from 'node:module';
import type * as Otplib from 'otplib';
import { sameText } from '../../kernel/index.ts';
import { nodeCrypto } from './node-crypto.ts';

/** What a generator and we share. */
export interface TotpSeed {
  /** Base32 without padding. */
  readonly secret: string;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 8;
  readonly periodS: number;
}

/** What any authenticator app understands; several ignore other values in the address. */
export const appDefaults = { algorithm: 'sha1', digits: 6, periodS: 30 } as const;

/** RFC 4226 §4, R6: 160 bits recommended. */
const secretBytes = 20;

let loaded: typeof Otplib | undefined;

/** With the first secret or code: 14 files that a start does not need. */
function otplib(): typeof Otplib {
  loaded ??= createRequire(import.meta.url)('otplib') as typeof Otplib;
  return loaded;
}

// otplib refuses secrets under 16 bytes (NIST asks for 112 bits: 14 bytes) and over 64; ours have 20, RFC 6238's own have up to 64.
const secretLengths = { MIN_SECRET_BYTES: 14, MAX_SECRET_BYTES: 64 };
let guardrails: ReturnType<typeof Otplib.createGuardrails> | undefined;

/** Steps accepted before and after the current one. RFC 6238 §5.2: one step at most for network delay; clocks drift both ways. */
const window = 1;

export function newSecret(): string {
  return otplib().generateSecret({ length: secretBytes, crypto: nodeCrypto });
}

/** The code of one time step, leading zeros kept. */
export function codeAt(seed: TotpSeed, step: number): string {
  guardrails ??= otplib().createGuardrails(secretLengths);
  return otplib().generateSync({
    secret: seed.secret,
    algorithm: seed.algorithm,
    digits: seed.digits,
    period: seed.periodS,
    epoch: step * seed.periodS,
    crypto: nodeCrypto,
    guardrails,
  });
}

export function stepAt(seed: Pick<TotpSeed, 'periodS'>, now: Date): number {
  return Math.floor(now.getTime() / 1000 / seed.periodS);
}

/**
 * The time step whose code this is, or undefined; the earliest, when two steps share a code. `code`: as many digits as the
 * seed has. Looks one step either side of `now`, always at all three, in constant time.
 */
export function matchingStep(seed: TotpSeed, code: string, now: Date): number | undefined {
  const current = stepAt(seed, now);
  let found: number | undefined;
  for (let step = current + window; step >= current - window; step -= 1) {
    if (step >= 0 && sameText(codeAt(seed, step), code)) found = step;
  }
  return found;
}

/** `otpauth://totp/Issuer:label?secret=…&issuer=…`, as authenticator apps read it; a colon may stand only between the two. */
export function otpauthUri(seed: TotpSeed, issuer: string, label: string): string {
  return otplib().generateURI({
    strategy: 'totp',
    issuer: issuer.replaceAll(':', ' '),
    label: label.replaceAll(':', ' '),
    secret: seed.secret,
    algorithm: seed.algorithm,
    digits: seed.digits,
    period: seed.periodS,
  });
}
