import type { Kind } from './reading/draft.ts';

/** Who did it. */
export interface Actor {
  readonly kind: 'person' | 'admin' | 'operator' | 'system';
  readonly id?: string;
}

/** What is a token's standing now; one that is blocked or over keeps its people. */
export type Standing = 'available' | 'assigned' | 'lost' | 'disabled' | 'expired';

/** A token without its seed. */
export interface Token {
  readonly id: string;
  readonly realm: string;
  readonly credentialId: string;
  readonly kind: Kind;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 8;
  readonly periodS: number;
  readonly standing: Standing;
  readonly people: readonly string[];
  readonly nextCounter: number;
  readonly driftSteps: number;
  readonly misses: number;
  readonly serial?: string;
  readonly issuer?: string;
  readonly organization?: string;
  readonly expiresAt?: Date;
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
}

/** What policy says of tokens. */
export interface TokenRules {
  /** Codes to register one with: one, or two consecutive ones. */
  readonly codes: 'one' | 'two';
  /** Only what was assigned to the person beforehand. */
  readonly isPreassignedOnly: boolean;
  readonly peoplePerToken: number;
}

export const defaultTokenRules: TokenRules = { codes: 'one', isPreassignedOnly: false, peoplePerToken: 1 };

/** One code, or two consecutive ones; when, and in which sign-in. */
export interface Proof {
  readonly codes: readonly [string] | readonly [string, string];
  readonly signIn: string;
  readonly now: Date;
}
