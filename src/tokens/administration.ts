import { auditEvent } from '../audit/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Collection } from '../store/index.ts';
import { assignedAt, givenTo, takenFrom } from './assignments.ts';
import { type StoredToken, without } from './collections.ts';
import { type Inventory, isUsable, publicToken } from './inventory.ts';
import { matchTwo } from './match.ts';
import type { Actor, Token } from './token.ts';

export type Administered =
  | { readonly ok: true; readonly token: Token }
  | { readonly ok: false; readonly why: 'unknown' | 'unusable' | 'taken' | 'not_assigned' | 'unchanged' | 'wrong' };

export interface Administration {
  /** Beforehand: the person has still to register it. `most`: how many may have it. */
  assign(realm: string, typedId: string, userId: string, most: number, actor: Actor): Promise<Administered>;
  /** Takes it from this person, or from everybody. */
  unassign(realm: string, typedId: string, userId: string | undefined, actor: Actor): Promise<Administered>;
  /**
   * A method that stood for it was removed at `at`: takes it from that person, unless they were given it again since. May
   * be told the same again.
   */
  release(realm: string, credentialId: string, userId: string, at: Date): Promise<void>;
  block(realm: string, typedId: string, as: 'lost' | 'disabled', actor: Actor): Promise<Administered>;
  /** Lets it work again; its people keep it. */
  unblock(realm: string, typedId: string, actor: Actor): Promise<Administered>;
  /** Two consecutive codes bring it back into step; both are spent. */
  resync(realm: string, typedId: string, codes: readonly [string, string], actor: Actor): Promise<Administered>;
}

/** What an administrator does to a token: each one write, with its audit event in it. */
export function createAdministration(deps: {
  readonly tokens: Collection<StoredToken>;
  readonly inventory: Inventory;
  readonly clock: Clock;
}): Administration {
  const { tokens, inventory, clock } = deps;

  type Refused = Extract<Administered, { readonly ok: false }>['why'];

  async function change(
    realm: string,
    typedId: string,
    type: string,
    actor: Actor,
    judge: (token: StoredToken) => StoredToken | Refused,
    subject?: string,
  ): Promise<Administered> {
    const found = await inventory.find(realm, typedId);
    if (found === undefined) return { ok: false, why: 'unknown' };
    let why: Refused = 'unchanged';
    const changed = await tokens.update(found.id, (token) => {
      const judged = judge(token);
      if (typeof judged === 'string') {
        why = judged;
        return undefined;
      }
      const told = auditEvent(clock.now(), {
        type,
        realm,
        actor,
        ...(subject === undefined ? {} : { subject }),
        details: { credentialId: token.credentialId },
      });
      return { ...judged, outbox: [...(token.outbox ?? []), told] };
    });
    return changed.ok ? { ok: true, token: publicToken(changed.doc, clock.now()) } : { ok: false, why };
  }

  return {
    assign: (realm, typedId, userId, most, actor) =>
      change(
        realm,
        typedId,
        'token.assigned',
        actor,
        (token) => {
          if (!isUsable(token, clock.now())) return 'unusable';
          if (token.people.includes(userId)) return 'unchanged';
          return token.people.length >= most ? 'taken' : givenTo(token, userId, clock.now());
        },
        userId,
      ),
    unassign: (realm, typedId, userId, actor) =>
      change(
        realm,
        typedId,
        'token.unassigned',
        actor,
        (token) => {
          const taken = takenFrom(token, userId);
          return taken.people.length === token.people.length ? 'not_assigned' : taken;
        },
        userId,
      ),
    async release(realm, credentialId, userId, at) {
      await change(
        realm,
        credentialId,
        'token.unassigned',
        { kind: 'system' },
        (token) =>
          token.people.includes(userId) && assignedAt(token, userId) <= at ? takenFrom(token, userId) : 'not_assigned',
        userId,
      );
    },
    block: (realm, typedId, as, actor) =>
      change(realm, typedId, as === 'lost' ? 'token.lost' : 'token.disabled', actor, (token) =>
        token.blocked === as ? 'unchanged' : { ...token, blocked: as },
      ),
    unblock: (realm, typedId, actor) =>
      change(realm, typedId, 'token.enabled', actor, (token) =>
        token.blocked === undefined ? 'unchanged' : without(token, 'blocked'),
      ),
    resync: (realm, typedId, codes, actor) =>
      change(realm, typedId, 'token.resynced', actor, (token) => {
        const match = matchTwo(token, codes, clock.now());
        if (match.is !== 'fresh') return 'wrong';
        return {
          ...without(token, 'lastSignIn'),
          nextCounter: match.counter + 1,
          driftSteps: match.driftSteps,
          misses: 0,
        };
      }),
  };
}
