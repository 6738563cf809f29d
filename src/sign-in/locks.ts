import { auditEvent } from '../audit/index.ts';
import type { Factors } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Actor, People } from '../people/index.ts';
import type { Guessing } from './guessing/index.ts';
import { methodNotices } from './method-notices.ts';

/** Shuts somebody's second factor: 100 wrong in a row. Does nothing where it is shut already. */
export function createLock(deps: { readonly people: People; readonly clock: Clock }) {
  return async (realm: string, userId: string): Promise<void> => {
    const now = deps.clock.now();
    await deps.people.update(realm, userId, (user) => {
      if (user.secondFactorLockedAt !== undefined) return user;
      const event = auditEvent(now, {
        type: 'user.second_factor_locked',
        realm,
        actor: { kind: 'system' },
        subject: userId,
      });
      return { ...user, secondFactorLockedAt: now, outbox: [...(user.outbox ?? []), event] };
    });
  };
}

/**
 * Forgets wrong guesses; holds are over. Where the second factor was locked its methods are disabled, since it must be
 * bound anew (NIST SP 800-63B-4 §3.2.2), and the lock is lifted. Sign-ins under way are over by that.
 */
export function createUnlock(deps: {
  readonly people: People;
  readonly factors: Factors;
  readonly guessing: Guessing;
  readonly clock: Clock;
}) {
  return async (realm: string, userId: string, actor: Actor = { kind: 'system' }): Promise<void> => {
    const wasLocked = await deps.guessing.reset(realm, userId);
    const user = await deps.people.get(realm, userId);
    if (wasLocked || user?.secondFactorLockedAt !== undefined) {
      for (const method of await deps.factors.methods.of(realm, userId)) {
        const event = { actor, details: { because: 'second_factor_locked' } };
        const told = user === undefined ? [] : methodNotices('method-removed', user, method, deps.clock.now());
        await deps.factors.methods.disable(realm, method.id, event, told);
      }
    }
    if (user?.secondFactorLockedAt === undefined) return;
    await deps.people.update(realm, userId, ({ secondFactorLockedAt: _lockedAt, ...rest }) => ({
      ...rest,
      outbox: [
        ...(rest.outbox ?? []),
        auditEvent(deps.clock.now(), { type: 'user.second_factor_unlocked', realm, actor, subject: userId }),
      ],
    }));
  };
}
