import { auditEvent } from '../audit/index.ts';
import type { Factors, Method } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import { outgoingMessage } from '../messaging/index.ts';
import { type Actor, addressesOf, type People, type User } from '../people/index.ts';
import type { OutboxItem } from '../store/index.ts';
import type { Guessing } from './guessing/index.ts';

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
        const told = user === undefined ? [] : removalNotices(user, method, deps.clock.now());
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

const daysToTell = 3;

/** N14: to every address of the person, when somebody else takes a method away. */
function removalNotices(user: User, { kind, name }: Method, at: Date): readonly OutboxItem[] {
  return addressesOf(user).map((to) =>
    outgoingMessage(at, {
      realm: user.realm,
      channel: 'mail',
      to,
      template: 'method-removed',
      locale: user.locale ?? '',
      timeZone: user.timeZone,
      params: { name: user.name, kind, ...(name === undefined ? {} : { method: name }), at: at.toISOString() },
      expiresAt: new Date(at.getTime() + daysToTell * 24 * 60 * 60 * 1000),
    }),
  );
}
