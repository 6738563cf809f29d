import { z } from 'zod';
import { type Declaration, type Doc, outboxShape } from '../store/index.ts';
import type { Generator } from './match.ts';

/** A one-time-code generator of a realm's inventory. `id` is `{realm}/{Credential ID}`: that it is unique makes the id so. */
export interface StoredToken extends Doc, Generator {
  readonly id: string;
  readonly realm: string;
  /** In capitals, without blanks and dashes. */
  readonly credentialId: string;
  /** The import that brought it. It can be seen once that batch is live. */
  readonly batch: string;
  /** Who it is assigned to: beforehand, or by having registered it. */
  readonly people: readonly string[];
  /** Since when they have it; those it was imported for, since `createdAt`. */
  readonly assignments?: readonly { readonly person: string; readonly at: Date }[];
  readonly blocked?: 'lost' | 'disabled';
  /** Wrong codes since the last right one, counted up to a few: when to offer to bring it back into step. */
  readonly misses: number;
  /** The sign-in that spent the last code. */
  readonly lastSignIn?: string;
  readonly serial?: string;
  readonly issuer?: string;
  /** Id of the organization whose people may have it; anybody of the realm when absent. */
  readonly organization?: string;
  readonly expiresAt?: Date;
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
}

/** One import. Its tokens are there for nobody until it is `live`; a `discarded` one is forgotten after `expiresAt`. */
export interface Batch extends Doc {
  readonly id: string;
  readonly realm: string;
  readonly state: 'staging' | 'live' | 'discarded';
  readonly beganAt: Date;
  /** When its import was last heard of. */
  readonly aliveAt: Date;
  readonly expiresAt?: Date;
}

export const tokensDeclaration: Declaration<StoredToken> = {
  name: 'tokens',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    credentialId: z.string(),
    batch: z.string(),
    kind: z.enum(['totp', 'hotp']),
    secret: z.string(),
    algorithm: z.enum(['sha1', 'sha256', 'sha512']),
    digits: z.literal([6, 8]),
    periodS: z.number(),
    nextCounter: z.number().int(),
    driftSteps: z.number().int(),
    people: z.array(z.string()),
    assignments: z.array(z.object({ person: z.string(), at: z.date() })).exactOptional(),
    blocked: z.enum(['lost', 'disabled']).exactOptional(),
    misses: z.number().int(),
    lastSignIn: z.string().exactOptional(),
    serial: z.string().exactOptional(),
    issuer: z.string().exactOptional(),
    organization: z.string().exactOptional(),
    expiresAt: z.date().exactOptional(),
    createdAt: z.date(),
    lastUsedAt: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [
    { name: 'credential', fields: ['realm', 'credentialId'] },
    { name: 'person', fields: ['people', 'realm'] },
    { name: 'batch', fields: ['batch'] },
  ],
  sealed: ['secret'],
  outbox: true,
};

export const batchesDeclaration: Declaration<Batch> = {
  name: 'token_batches',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    state: z.enum(['staging', 'live', 'discarded']),
    beganAt: z.date(),
    aliveAt: z.date(),
    expiresAt: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [{ name: 'state', fields: ['state', 'aliveAt'] }],
  expiry: 'expiresAt',
  outbox: true,
};

export const tokenId = (realm: string, credentialId: string) => `${realm}/${credentialId}`;

/** `doc` without `names`: absent, not undefined. */
export function without<T extends object, K extends keyof T>(doc: T, ...names: K[]): Omit<T, K> {
  const rest = { ...doc };
  for (const name of names) delete rest[name];
  return rest;
}
