import { z } from 'zod';
import { rulesShape } from '../policy/index.ts';
import { type Declaration, type Doc, outboxShape } from '../store/index.ts';
import { nameKey, normalise } from './normalise.ts';
import type { User } from './user.ts';

/** A person as stored: with what searching and claiming identifiers need. */
export interface StoredUser extends User {
  /** For order and prefix search. */
  readonly keys: { readonly name: string; readonly email?: string; readonly username?: string };
  /** Identifiers being claimed right now; whoever removes one from here has called the claim off. */
  readonly claiming?: readonly string[];
  /** Not a person yet: the claims of their identifiers are under way since then. */
  readonly pendingSince?: Date;
}

/** One identifier of one person. `id` is `{realm}/{normalised identifier}`: that it is unique makes the identifier so. */
export interface Claim extends Doc {
  readonly id: string;
  readonly userId: string;
  readonly claimedAt: Date;
  /** Nobody's since then. The sweeper removes it, which unlike a removal of ours cannot hit a claim made meanwhile. */
  readonly releasedAt?: Date;
}

export const usersDeclaration: Declaration<StoredUser> = {
  name: 'users',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    status: z.enum(['active', 'disabled']),
    name: z.string(),
    email: z.string().exactOptional(),
    emailVerified: z.boolean(),
    addresses: z.array(z.string()).exactOptional(),
    username: z.string().exactOptional(),
    locale: z.string().exactOptional(),
    timeZone: z.string().exactOptional(),
    password: z.object({ hash: z.string(), setAt: z.date() }).exactOptional(),
    postponed: z
      .object({ times: z.number().int(), since: z.date(), in: z.array(z.string()).exactOptional() })
      .exactOptional(),
    secondFactorLockedAt: z.date().exactOptional(),
    invitation: z.object({ hash: z.string(), expiresAt: z.date(), to: z.string().exactOptional() }).exactOptional(),
    sessionsValidFrom: z.date().exactOptional(),
    policy: rulesShape.exactOptional(),
    createdAt: z.date(),
    changedAt: z.date(),
    keys: z.object({ name: z.string(), email: z.string().exactOptional(), username: z.string().exactOptional() }),
    claiming: z.array(z.string()).exactOptional(),
    pendingSince: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [
    { name: 'name', fields: ['realm', 'keys.name'] },
    { name: 'email', fields: ['realm', 'keys.email'] },
    { name: 'username', fields: ['realm', 'keys.username'] },
    { name: 'pending', fields: ['pendingSince'], sparse: true },
  ],
  outbox: true,
};

export const identifiersDeclaration: Declaration<Claim> = {
  name: 'identifiers',
  shape: z.object({ id: z.string(), userId: z.string(), claimedAt: z.date(), releasedAt: z.date().exactOptional() }),
  indexes: [{ name: 'user', fields: ['userId'] }],
  expiry: 'releasedAt',
};

export const claimId = (realm: string, identifier: string) => `${realm}/${normalise(identifier)}`;

/** Ids of the claims that this person's identifiers stand for. */
export function claimsOf(user: Pick<User, 'realm' | 'email' | 'username'>): readonly string[] {
  const identifiers = [user.email, user.username].filter((identifier) => identifier !== undefined);
  return [...new Set(identifiers.map((identifier) => claimId(user.realm, identifier)))];
}

/** `user` with keys that fit its name and identifiers. */
export function withKeys(user: User): StoredUser {
  return {
    ...user,
    keys: {
      name: nameKey(user.name),
      ...(user.email === undefined ? {} : { email: normalise(user.email) }),
      ...(user.username === undefined ? {} : { username: normalise(user.username) }),
    },
  };
}

/** `doc` without `names`: absent, not undefined. */
export function without<T extends object, K extends keyof T>(doc: T, ...names: K[]): Omit<T, K> {
  const rest = { ...doc };
  for (const name of names) delete rest[name];
  return rest;
}
