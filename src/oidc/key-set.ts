import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint, type JWK } from 'jose';

/**
 * One signing key and its life, which is settled when it is made or replaced: what it is for at a moment follows from
 * the clock, on every process alike, and nothing has to happen at that moment.
 */
export interface SigningKey {
  /** Private. */
  readonly jwk: JWK;
  readonly createdAt: Date;
  readonly signsFrom: Date;
  /** When its successor takes over. Absent: there is none. */
  readonly signsUntil?: Date;
  /** When the last token it signed has ended, and the key is withdrawn. */
  readonly publishedUntil?: Date;
}

/** `published`: known to verifiers before it signs anything; `retiring`: known to them while what it signed may come back. */
export type KeyPhase = 'published' | 'signing' | 'retiring' | 'gone';

export function phaseOf({ signsFrom, signsUntil, publishedUntil }: SigningKey, now: Date): KeyPhase {
  if (publishedUntil !== undefined && now >= publishedUntil) return 'gone';
  if (signsUntil !== undefined && now >= signsUntil) return 'retiring';
  return now >= signsFrom ? 'signing' : 'published';
}

/** The latest moment a `Date` can hold. ECMA-262 §21.4.1.1. */
const farAheadMs = 8.64e15;

/** Of several keys of one algorithm oidc-provider signs with the first. */
const order: Readonly<Record<KeyPhase, number>> = { signing: 0, published: 1, retiring: 2, gone: 3 };

/** What is published now, those that sign first. */
export function publishedAt(keys: readonly SigningKey[], now: Date): readonly SigningKey[] {
  return keys
    .filter((key) => phaseOf(key, now) !== 'gone')
    .toSorted((one, other) => order[phaseOf(one, now)] - order[phaseOf(other, now)]);
}

/** When the first of them begins another phase; far ahead when none does. */
export function nextPhaseAt(keys: readonly SigningKey[], now: Date): Date {
  const moments = keys.flatMap(({ signsFrom, signsUntil, publishedUntil }) => [signsFrom, signsUntil, publishedUntil]);
  const ahead = moments.filter((moment) => moment !== undefined && moment > now).map((moment) => Number(moment));
  return new Date(Math.min(farAheadMs, ...ahead));
}

/** Whether successors are published that do not sign yet. */
export function isBeingRotated(keys: readonly SigningKey[], now: Date): boolean {
  return keys.some((key) => phaseOf(key, now) === 'published');
}

/** The set with `fresh` in it, which sign from `signsFrom`; those before stay known for `signedLifeS` after that. */
export function succeededBy(
  keys: readonly SigningKey[],
  fresh: readonly JWK[],
  { now, signsFrom, signedLifeS }: { readonly now: Date; readonly signsFrom: Date; readonly signedLifeS: number },
): readonly SigningKey[] {
  const publishedUntil = new Date(signsFrom.getTime() + signedLifeS * 1000);
  return [
    ...fresh.map((jwk) => ({ jwk, createdAt: now, signsFrom })),
    ...publishedAt(keys, now).map((key) =>
      key.signsUntil === undefined ? { ...key, signsUntil: signsFrom, publishedUntil } : key,
    ),
  ];
}

/** RS256 first, since every relying party knows it (OIDC Core §15.1); ES256 and EdDSA for those who choose. */
export async function makeSigningKeys(): Promise<JWK[]> {
  const generate = promisify(generateKeyPair);
  const [rsa, ec, ed] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
    generate('ed25519'),
  ]);
  return Promise.all([
    signingJwk(rsa.privateKey, 'RS256'),
    signingJwk(ec.privateKey, 'ES256'),
    signingJwk(ed.privateKey, 'EdDSA'),
  ]);
}

/** `kid`: the thumbprint of RFC 7638. */
async function signingJwk(key: KeyObject, alg: string): Promise<JWK> {
  const jwk: JWK = key.export({ format: 'jwk' });
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: 'sig' };
}
