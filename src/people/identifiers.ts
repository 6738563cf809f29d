import type { Clock } from '../kernel/index.ts';
import { type Collection, Duplicate } from '../store/index.ts';
import { type Claim, claimsOf, type StoredUser } from './collections.ts';

/** A claim nobody completed for this long was left behind by a crash. */
export const claimTtlMs = 60_000;

export interface Identifiers {
  /** Whose it is, as long as that person is there and still has it. */
  holder(id: string): Promise<StoredUser | undefined>;
  /** All of them or none. The person's document must list them in `claiming`, or have them. */
  claim(userId: string, ids: readonly string[]): Promise<'claimed' | 'taken'>;
  release(userId: string, ids: readonly string[]): Promise<void>;
}

/**
 * Uniqueness of identifiers without a transaction: a person's document first says what it wants (`claiming`), then the
 * claims are inserted, then one write of the person makes them theirs, and is refused unless `claiming` still stands.
 * Whoever takes over a claim left behind strikes it from that `claiming` first, so a late finisher finds itself refused.
 */
export function createIdentifiers(users: Collection<StoredUser>, claims: Collection<Claim>, clock: Clock): Identifiers {
  const holds = (user: StoredUser, id: string) => user.pendingSince === undefined && claimsOf(user).includes(id);

  const release = async (userId: string, ids: readonly string[]) => {
    const free = { userId: '', claimedAt: new Date(0), releasedAt: clock.now() };
    for (const id of ids)
      await claims.update(id, (claim) => (claim.userId === userId ? { ...claim, ...free } : undefined));
  };

  /** True when this call made the claim `userId`'s. */
  const takeOver = async (id: string, userId: string): Promise<boolean> => {
    const left = await claims.get(id);
    if (left === undefined) return false;
    const isFresh = left.claimedAt.getTime() + claimTtlMs > clock.now().getTime();
    const owner = await users.get(left.userId);
    if (owner !== undefined && holds(owner, id)) return false;
    if (isFresh) return false;
    if (owner !== undefined) {
      const struck = await users.update(owner.id, (user) =>
        holds(user, id) ? undefined : { ...user, claiming: (user.claiming ?? []).filter((other) => other !== id) },
      );
      if (!struck.ok && struck.why === 'refused') return false;
    }
    const moved = await claims.update(id, (claim) =>
      claim.userId === left.userId && claim.claimedAt.getTime() === left.claimedAt.getTime()
        ? { id, userId, claimedAt: clock.now() }
        : undefined,
    );
    return moved.ok;
  };

  const claimOne = async (userId: string, id: string): Promise<boolean> => {
    try {
      await claims.insert({ id, userId, claimedAt: clock.now() });
      return true;
    } catch (error) {
      if (!(error instanceof Duplicate)) throw error;
    }
    if ((await claims.get(id))?.userId === userId) return true;
    return takeOver(id, userId);
  };

  return {
    async holder(id) {
      const claim = await claims.get(id);
      const user = claim === undefined ? undefined : await users.get(claim.userId);
      return user !== undefined && holds(user, id) ? user : undefined;
    },
    async claim(userId, ids) {
      const made: string[] = [];
      for (const id of ids) {
        if (await claimOne(userId, id)) {
          made.push(id);
          continue;
        }
        await release(userId, made);
        return 'taken';
      }
      return 'claimed';
    },
    release,
  };
}
