import { auditEvent } from '../audit/index.ts';
import type { Clock } from '../kernel/index.ts';
import { without } from './collections.ts';
import type { Registry } from './registry.ts';
import { justAfter } from './sessions-end.ts';
import type { Actor, People, User } from './user.ts';

/** Whether a person may come in: disabled, enabled, their second factor unlocked. */
export function createStanding({
  registry,
  clock,
}: {
  registry: Registry;
  clock: Clock;
}): Pick<People, 'disable' | 'enable' | 'unlock' | 'onUnlock'> {
  const listeners: ((realm: string, userId: string) => Promise<void>)[] = [];

  const tell = (user: User, type: string, actor: Actor, at: Date) => [
    ...(user.outbox ?? []),
    auditEvent(at, { type, realm: user.realm, actor, subject: user.id }),
  ];

  return {
    disable: (realm, userId, actor) =>
      registry.update(realm, userId, (user) => {
        if (user.status === 'disabled') return user;
        const at = clock.now();
        const outbox = tell(user, 'user.disabled', actor, at);
        // An open invitation would let a disabled person set a password the moment they are enabled.
        return { ...without(user, 'invitation'), status: 'disabled', sessionsValidFrom: justAfter(at), outbox };
      }),
    enable: (realm, userId, actor) =>
      registry.update(realm, userId, (user) =>
        user.status === 'active'
          ? user
          : { ...user, status: 'active', outbox: tell(user, 'user.enabled', actor, clock.now()) },
      ),
    async unlock(realm, userId, actor) {
      const user = await registry.update(realm, userId, (locked) => ({
        ...without(locked, 'secondFactorLockedAt'),
        outbox: tell(locked, 'user.unlocked', actor, clock.now()),
      }));
      if (user === undefined) return undefined;
      for (const listener of listeners) await listener(realm, userId);
      return user;
    },
    onUnlock(listener) {
      listeners.push(listener);
    },
  };
}
