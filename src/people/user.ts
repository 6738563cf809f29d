import type { Rules } from '../policy/index.ts';
import type { Doc, Page } from '../store/index.ts';
import type { Actor } from './actor.ts';
import type { Trust } from './fair-queue.ts';
import type { Tenancy } from './organizations/tenancy.ts';

/** A person in a realm, found by any of their identifiers. */
export interface User extends Doc {
  readonly id: string;
  readonly realm: string;
  readonly status: 'active' | 'disabled';
  readonly name: string;
  /** As typed; the normalised form is the identifier. */
  readonly email?: string;
  readonly emailVerified: boolean;
  /** Told of changes to the account as well; nobody signs in by them. */
  readonly addresses?: readonly string[];
  readonly username?: string;
  /** Language tag for pages and messages. */
  readonly locale?: string;
  readonly timeZone?: string;
  /** Absent until the person has set one (invited, temporary). */
  readonly password?: PasswordRecord;
  /** Sign-ins in which setting up a second factor was put off; `since`: the first; `in`: ids of the latest. */
  readonly postponed?: { readonly times: number; readonly since: Date; readonly in?: readonly string[] };
  /** Second factors must be bound anew since then (100 failures, guessing table). */
  readonly secondFactorLockedAt?: Date;
  /**
   * Set while an invitation is open: hash of its token, until when it works, and the address it went to (not known of
   * earlier ones), since whoever accepts it proves that address and no other.
   */
  readonly invitation?: { readonly hash: string; readonly expiresAt: Date; readonly to?: string };
  /**
   * Sessions that began before are over (password changed, disabled, signed out everywhere). The millisecond after the
   * change: what began in the very same one did not know of it.
   */
  readonly sessionsValidFrom?: Date;
  /** What they ask for more than everybody above them. */
  readonly policy?: Rules;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export interface PasswordRecord {
  /** PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
  readonly hash: string;
  readonly setAt: Date;
}

export interface People {
  /** Organizations, who belongs to them, what they are subscribed to, who may act on whom. */
  readonly tenancy: Tenancy;
  get(realm: string, userId: string): Promise<User | undefined>;
  /** By email or user name, normalised; undefined when nobody has it. */
  find(realm: string, identifier: string): Promise<User | undefined>;
  /** The one form under which an identifier is looked up and counted: trimmed, NFKC, lower case, never cut. */
  normalise(identifier: string): string;
  /** What `create` would refuse, without making anybody; identifiers that somebody has aside. */
  judgeNew(input: NewUser): Promise<NewUserFault | undefined>;
  create(
    input: NewUser,
    actor?: Actor,
  ): Promise<
    | { ok: true; user: User }
    | { ok: false; why: 'identifier_taken' | 'identifier_invalid' | 'password_refused'; details?: string }
  >;
  update(realm: string, userId: string, change: (user: User) => User | undefined): Promise<User | undefined>;
  /**
   * Takes the same path and time whether or not `user` exists. Refuses with `busy` when the hash queue is full.
   * Rehashes in the background of a success when the parameters changed.
   * `from`: whose turn it counts as in the hash queue (the client's address range): one source cannot crowd out others,
   * nor can many that are trusted less.
   */
  verifyPassword(
    user: User | undefined,
    password: string,
    from?: string,
    trust?: Trust,
  ): Promise<'right' | 'wrong' | 'busy'>;
  /** Whether `verifyPassword` would find a place in the hash queue now: asked before anything is written of a guess. */
  admitsPassword(from: string, trust: Trust): boolean;
  /** Judges by the realm's rules, hashes, stores, writes the audit event. */
  setPassword(
    user: User,
    password: string,
    rules: PasswordRules,
  ): Promise<{ ok: true } | { ok: false; why: PasswordFault }>;
  /**
   * A person without password, and a mail with a link that lets them set one. Somebody who has the identifier and no
   * password yet is invited again, which voids the link before.
   */
  invite(
    input: Invited,
    actor: Actor,
  ): Promise<{ ok: true; user: User; isNew: boolean } | { ok: false; why: InviteFault }>;
  /** Whom an invitation is for, without using it up: for the page with the button. */
  invited(realm: string, token: string): Promise<{ ok: true; user: User } | { ok: false; why: 'invalid' | 'expired' }>;
  /** Sets the first password and uses the invitation up: of any number of racers one wins. A refused password leaves it open. */
  acceptInvitation(
    token: string,
    password: string,
    where: { readonly realm: string; readonly rules: PasswordRules },
  ): Promise<{ ok: true; user: User } | { ok: false; why: 'invalid' | 'expired' | PasswordFault }>;
  /**
   * Ends all sessions and shuts the person out. `undefined` when there is no such person. Throws `conflict` for the last
   * one who administers the realm.
   */
  disable(realm: string, userId: string, actor: Actor): Promise<User | undefined>;
  enable(realm: string, userId: string, actor: Actor): Promise<User | undefined>;
  /** Tells those who count guesses (`onUnlock`), and then lifts the second factor's lock. */
  unlock(realm: string, userId: string, actor: Actor): Promise<User | undefined>;
  /** Replaces the further addresses, five at most; those told before are told of it. */
  setAddresses(
    realm: string,
    userId: string,
    addresses: readonly string[],
    actor: Actor,
  ): Promise<{ ok: true; user: User } | { ok: false; why: 'invalid' | 'unknown' }>;
  /** What they ask of themselves. `change` is pure; the audit log has before and after. */
  setRules(
    realm: string,
    userId: string,
    change: (rules: Rules) => Rules,
    actor: Actor,
  ): Promise<{ ok: true; user: User } | { ok: false; why: 'absent' | 'strands_admins' }>;
  onUnlock(listener: (realm: string, userId: string, actor: Actor) => Promise<void>): void;
  /** In order of `by`, case and width aside; `prefix` narrows. */
  list(query: PeopleQuery): Promise<Page<User>>;
  /** Clears away what a crash left of people half made, and of moves half done. Safe at any time. Returns how many. */
  repair(): Promise<number>;
}

export type { Actor } from './actor.ts';

export interface Invited {
  readonly realm: string;
  readonly name: string;
  readonly email: string;
  readonly username?: string;
  readonly locale?: string;
  /** IANA zone. */
  readonly timeZone?: string;
}

/** `has_password`: this person is set up already. `disabled`: enable them first. */
export type InviteFault = 'identifier_taken' | 'identifier_invalid' | 'name_invalid' | 'has_password' | 'disabled';

export interface PeopleQuery {
  readonly realm: string;
  /** `name` by default. */
  readonly by?: 'name' | 'email' | 'username';
  readonly prefix?: string;
  readonly after?: string;
  readonly limit: number;
}

export interface PasswordRules {
  /** Unicode code points. */
  readonly minLength: number;
}

export type PasswordFault = 'too_short' | 'too_long' | 'common' | 'like_identifier';

export type NewUserFault =
  | { readonly field: 'name' | 'email' | 'username'; readonly why: 'invalid' }
  | { readonly field: 'password'; readonly why: PasswordFault };

export interface NewUser {
  readonly realm: string;
  readonly name: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly username?: string;
  readonly locale?: string;
  /** IANA zone. */
  readonly timeZone?: string;
  readonly password?: string;
}
