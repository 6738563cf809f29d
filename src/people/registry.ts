import { type Clock, GatehouseError, newId } from '../kernel/index.ts';
import type { Collection, OutboxItem, Store } from '../store/index.ts';
import {
  claimId,
  claimsOf,
  identifiersDeclaration,
  type StoredUser,
  usersDeclaration,
  withKeys,
  without,
} from './collections.ts';
import { claimTtlMs, createIdentifiers, type Identifiers } from './identifiers.ts';
import { maxIdentifierLength } from './normalise.ts';
import type { User } from './user.ts';

/** Who is there, and that no two have the same identifier. Everything of this room writes people through it. */
export interface Registry {
  readonly users: Collection<StoredUser>;
  get(realm: string, userId: string): Promise<StoredUser | undefined>;
  find(realm: string, identifier: string): Promise<StoredUser | undefined>;
  /** `user` becomes visible with its identifiers and with what is told of it in one write, or not at all. */
  add(user: NewPerson, told: (userId: string) => readonly OutboxItem[]): Promise<User | 'taken'>;
  /** Throws `conflict` when the change brings an identifier that somebody else has. */
  update(realm: string, userId: string, change: (user: User) => User | undefined): Promise<User | undefined>;
  repair(): Promise<number>;
}

export type NewPerson = Omit<User, 'id' | 'createdAt' | 'changedAt' | 'outbox'>;

/** How often a change is tried again when others change the same person's identifiers at the same time. */
const rounds = 8;

export function createRegistry({ store, clock }: { store: Store; clock: Clock }): Registry {
  const users = store.collection(usersDeclaration);
  const claims = store.collection(identifiersDeclaration);
  const identifiers = createIdentifiers(users, claims, clock);

  const get: Registry['get'] = async (realm, userId) => {
    const user = await users.get(userId);
    return user?.realm === realm && user.pendingSince === undefined ? user : undefined;
  };

  return {
    users,
    get,
    async find(realm, identifier) {
      const id = claimId(realm, identifier);
      return id.length > realm.length + 1 + maxIdentifierLength ? undefined : identifiers.holder(id);
    },
    add: (user, told) => addUser({ users, identifiers, clock }, user, told),
    async update(realm, userId, change) {
      if ((await get(realm, userId)) === undefined) return undefined;
      return changeUser({ users, identifiers, clock }, userId, change);
    },
    async repair() {
      const before = new Date(clock.now().getTime() - claimTtlMs);
      const left = await users.list({ index: 'pending', range: { to: before }, limit: 500 });
      let repaired = 0;
      for (const { id } of left.items) {
        // Called off first: from here on whoever was making this person finds it refused.
        const struck = await users.update(id, (user) =>
          user.pendingSince === undefined ? undefined : { ...user, claiming: [] },
        );
        if (!struck.ok) continue;
        const own = await claims.list({ index: 'user', equals: [id], limit: 100 });
        await identifiers.release(
          id,
          own.items.map((claim) => claim.id),
        );
        if (await users.remove(id)) repaired += 1;
      }
      return repaired;
    },
  };
}

interface Parts {
  readonly users: Collection<StoredUser>;
  readonly identifiers: Identifiers;
  readonly clock: Clock;
}

async function addUser(
  { users, identifiers, clock }: Parts,
  input: NewPerson,
  told: (userId: string) => readonly OutboxItem[],
) {
  const wanted = claimsOf(input);
  if (wanted.length === 0) throw new GatehouseError('internal', 'a person needs an identifier');
  const now = clock.now();
  const id = newId();
  const outbox = told(id);
  const user = withKeys({ ...input, id, createdAt: now, changedAt: now });
  await users.insert({ ...user, claiming: wanted, pendingSince: now });
  if ((await identifiers.claim(id, wanted)) === 'claimed') {
    const active = await users.update(id, (doc) =>
      doc.pendingSince !== undefined && wanted.every((claim) => doc.claiming?.includes(claim))
        ? { ...without(doc, 'pendingSince', 'claiming'), outbox }
        : undefined,
    );
    if (active.ok) return active.doc;
    await identifiers.release(id, wanted);
  }
  await users.remove(id);
  return 'taken' as const;
}

async function changeUser(parts: Parts, userId: string, change: (user: User) => User | undefined) {
  for (let round = 0; round < rounds; round += 1) {
    const changed = await tryChange(parts, userId, change);
    if (changed !== 'again') return changed;
  }
  throw new GatehouseError('unavailable', `person ${userId} is being changed by many at once`, { retryAfterS: 1 });
}

async function tryChange(
  { users, identifiers, clock }: Parts,
  userId: string,
  change: (user: User) => User | undefined,
) {
  // Identifiers that the change asks for and this person has neither got nor claimed; known once `change` ran.
  let missing: readonly string[] = [];
  let dropped: readonly string[] = [];
  let claimed: readonly string[] = [];

  const write = async () => {
    const updated = await users.update(userId, (before) => {
      const after = change(before);
      missing = [];
      dropped = [];
      if (after === undefined || after === before) return after === before ? before : undefined;
      const had = claimsOf(before);
      const has = claimsOf(after);
      missing = has.filter((id) => !had.includes(id) && !(claimed.includes(id) && before.claiming?.includes(id)));
      if (missing.length > 0) return undefined;
      dropped = had.filter((id) => !has.includes(id));
      const claiming = before.claiming?.filter((id) => !claimed.includes(id)) ?? [];
      const now = new Date(Math.max(clock.now().getTime(), before.changedAt.getTime() + 1));
      const keyed = { ...withKeys({ ...after, id: before.id, realm: before.realm }), changedAt: now };
      return claiming.length > 0 ? { ...keyed, claiming } : without(keyed, 'claiming');
    });
    if (updated.ok) await identifiers.release(userId, dropped);
    return updated.ok ? updated.doc : undefined;
  };

  const giveUp = async () => {
    if (claimed.length === 0) return;
    await users.update(userId, (user) => ({
      ...user,
      claiming: (user.claiming ?? []).filter((id) => !claimed.includes(id)),
    }));
    const now = await users.get(userId);
    await identifiers.release(
      userId,
      claimed.filter((id) => now === undefined || !claimsOf(now).includes(id)),
    );
  };

  const first = await write();
  if (first !== undefined || missing.length === 0) return first;

  claimed = missing;
  const noted = await users.update(userId, (user) => ({
    ...user,
    claiming: [...new Set([...(user.claiming ?? []), ...claimed])],
  }));
  if (!noted.ok) return undefined;
  if ((await identifiers.claim(userId, claimed)) === 'taken') {
    await giveUp();
    throw new GatehouseError('conflict', 'the identifier belongs to somebody else', {
      messageKey: 'error.identifier_taken',
    });
  }
  const second = await write();
  if (second !== undefined) return second;
  const isPlanOutdated = missing.length > 0;
  await giveUp();
  return isPlanOutdated ? ('again' as const) : undefined;
}
