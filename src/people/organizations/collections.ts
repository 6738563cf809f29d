import { z } from 'zod';
import { rulesShape } from '../../policy/index.ts';
import { type Declaration, type Doc, outboxShape } from '../../store/index.ts';
import type { Actor } from '../actor.ts';
import { nameKey } from '../normalise.ts';
import type { Membership, MoveFault, Organization, RemoveFault, Subscription } from './organization.ts';

/** An organization as stored: with what searching and moving need. */
export interface StoredOrganization extends Organization {
  /** `{realm}/{parent}`, for order and uniqueness of names; absent once it is removed. */
  readonly within?: string;
  readonly key: string;
  /** The change of the tree that last wrote `ancestors`: an older one may not. */
  readonly placedBy: number;
  /** The last move or removal of this one, and what became of it. See `tree-changes.ts`. */
  readonly settled?: { readonly seq: number; readonly outcome: Outcome };
  /** What a realm file last said of it: the base of the next merge. */
  readonly applied?: Readonly<Record<string, unknown>>;
  readonly removedAt?: Date;
}

export type Outcome = 'done' | MoveFault | RemoveFault;

export interface StoredMembership extends Membership {
  /** The organization's id, or `@{realm}`. */
  readonly place: string;
  /** `place` and all above it, outermost first: for lists of everybody below. */
  readonly reach: readonly string[];
  readonly placedBy: number;
  readonly changedAt: Date;
  /** Nobody's since then. */
  readonly endedAt?: Date;
}

export interface StoredSubscription extends Subscription {
  readonly endedAt?: Date;
}

/** A move or removal under way: anybody can finish it. */
export interface TreeChange {
  readonly seq: number;
  readonly kind: 'move' | 'remove';
  readonly organization: string;
  readonly to?: string;
  /** `settled.seq` of the organization before. */
  readonly before?: number;
  readonly actor: Actor;
  readonly at: Date;
}

/** One per realm: makes moves come one after another, and knows who administers the realm. */
export interface Tree extends Doc {
  /** Of the last change of the tree. */
  readonly seq: number;
  readonly change?: TreeChange;
  /** People with a role in force on the realm itself who may come in. Never more than there are. */
  readonly admins: readonly string[];
}

const outcomes = [
  ...(['done', 'absent', 'no_parent', 'name_taken', 'too_deep', 'cycle'] as const),
  ...(['has_children', 'has_members'] as const),
] as const satisfies readonly Outcome[];

export const organizationsDeclaration: Declaration<StoredOrganization> = {
  name: 'organizations',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    name: z.string(),
    parent: z.string().exactOptional(),
    ancestors: z.array(z.string()),
    policy: rulesShape,
    createdAt: z.date(),
    changedAt: z.date(),
    within: z.string().exactOptional(),
    key: z.string(),
    placedBy: z.number().int(),
    settled: z.object({ seq: z.number().int(), outcome: z.enum(outcomes) }).exactOptional(),
    applied: z.record(z.string(), z.unknown()).exactOptional(),
    removedAt: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [
    { name: 'sibling', fields: ['within', 'key'], unique: true, sparse: true },
    { name: 'name', fields: ['realm', 'key'] },
    { name: 'below', fields: ['ancestors', 'key'] },
  ],
  expiry: 'removedAt',
  outbox: true,
};

export const membershipsDeclaration: Declaration<StoredMembership> = {
  name: 'memberships',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    organization: z.string().exactOptional(),
    userId: z.string(),
    role: z.enum(['owner', 'admin', 'member']),
    state: z.enum(['invited', 'active']),
    createdAt: z.date(),
    acceptedAt: z.date().exactOptional(),
    place: z.string(),
    reach: z.array(z.string()),
    placedBy: z.number().int(),
    changedAt: z.date(),
    endedAt: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [
    { name: 'user', fields: ['userId', 'place'] },
    { name: 'place', fields: ['place', 'userId'] },
    { name: 'reach', fields: ['reach', 'userId'] },
    { name: 'realm', fields: ['realm'] },
  ],
  expiry: 'endedAt',
  outbox: true,
};

export const subscriptionsDeclaration: Declaration<StoredSubscription> = {
  name: 'subscriptions',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    portal: z.string(),
    kind: z.enum(['organization', 'user']),
    holder: z.string(),
    createdAt: z.date(),
    endedAt: z.date().exactOptional(),
    outbox: outboxShape,
  }),
  indexes: [
    { name: 'holder', fields: ['holder', 'portal'] },
    { name: 'portal', fields: ['realm', 'portal', 'holder'] },
  ],
  expiry: 'endedAt',
  outbox: true,
};

export const treesDeclaration: Declaration<Tree> = {
  name: 'trees',
  shape: z.object({
    id: z.string(),
    seq: z.number().int(),
    change: z
      .object({
        seq: z.number().int(),
        kind: z.enum(['move', 'remove']),
        organization: z.string(),
        to: z.string().exactOptional(),
        before: z.number().int().exactOptional(),
        actor: z.object({
          kind: z.enum(['person', 'admin', 'operator', 'client', 'system']),
          id: z.string().exactOptional(),
        }),
        at: z.date(),
      })
      .exactOptional(),
    admins: z.array(z.string()),
  }),
  indexes: [{ name: 'open', fields: ['change.at'], sparse: true }],
};

export const withinOf = (realm: string, parent: string | undefined) => `${realm}/${parent ?? ''}`;

export const keyOf = (name: string) => nameKey(name);

/** Where a role on the realm itself lies; no organization's id begins so. */
export const placeOf = (realm: string, organization: string | undefined) => organization ?? `@${realm}`;

export const aTree = (realm: string): Tree => ({ id: realm, seq: 0, admins: [] });

/** Without what only this room needs. */
export function publicOrganization(stored: StoredOrganization): Organization {
  const { within: _w, key: _k, placedBy: _p, settled: _s, applied: _a, removedAt: _r, outbox: _o, ...rest } = stored;
  return rest;
}

export function publicMembership(stored: StoredMembership): Membership {
  const { place: _p, reach: _r, placedBy: _b, changedAt: _c, endedAt: _e, outbox: _o, ...rest } = stored;
  return rest;
}
