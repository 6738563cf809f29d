import type { Doc } from '../store/index.ts';

/** A person in a realm, found by any of their identifiers. */
export interface User extends Doc {
  readonly id: string;
  readonly realm: string;
  readonly status: 'active' | 'disabled';
  readonly name: string;
  /** As typed; the normalised form is the identifier. */
  readonly email?: string;
  readonly emailVerified: boolean;
  readonly username?: string;
  /** Language tag for pages and messages. */
  readonly locale?: string;
  readonly timeZone?: string;
  /** Absent until the person has set one (invited, temporary). */
  readonly password?: PasswordRecord;
  /** Second factors must be bound anew since then (100 failures, guessing table). */
  readonly secondFactorLockedAt?: Date;
  /** Sessions that began before are over (password changed, disabled, signed out everywhere). */
  readonly sessionsValidFrom?: Date;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export interface PasswordRecord {
  /** PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
  readonly hash: string;
  readonly setAt: Date;
}

export interface People {
  get(realm: string, userId: string): Promise<User | undefined>;
  /** By email or user name, normalised; undefined when nobody has it. */
  find(realm: string, identifier: string): Promise<User | undefined>;
  /** The one form under which an identifier is looked up and counted: trimmed, NFKC, lower case, never cut. */
  normalise(identifier: string): string;
  create(input: NewUser): Promise<{ ok: true; user: User } | { ok: false; why: 'identifier_taken' | 'identifier_invalid' | 'password_refused'; details?: string }>;
  update(realm: string, userId: string, change: (user: User) => User | undefined): Promise<User | undefined>;
  /**
   * Takes the same path and time whether or not `user` exists. Refuses with `busy` when the hash queue is full.
   * Rehashes in the background of a success when the parameters changed.
   */
  verifyPassword(user: User | undefined, password: string): Promise<'right' | 'wrong' | 'busy'>;
  /** Judges by the realm's rules, hashes, stores, writes the audit event. */
  setPassword(user: User, password: string, rules: PasswordRules): Promise<{ ok: true } | { ok: false; why: PasswordFault }>;
}

export interface PasswordRules {
  /** Unicode code points. */
  readonly minLength: number;
}

export type PasswordFault = 'too_short' | 'too_long' | 'common' | 'like_identifier';

export interface NewUser {
  readonly realm: string;
  readonly name: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly username?: string;
  readonly locale?: string;
  readonly password?: string;
}
