import { auditEvent } from '../audit/index.ts';
import { type Clock, GatehouseError } from '../kernel/index.ts';
import { without } from './collections.ts';
import type { KeepAdmins, Tenancy } from './organizations/tenancy.ts';
import type { Registry } from './registry.ts';
import { justAfter } from './sessions-end.ts';
import type { Actor, People, User } from './user.ts';

const lastAdmin = 'last_admin';

/** Whether a person may come in: disabled, enabled, their second factor unlocked. */
export function createStanding({
  registry,
  clock,
  keepAdmins,
  tenancy: { administrators, memberships },
}: {
  registry: Registry;
  clock: Clock;
  keepAdmins: KeepAdmins;
  tenancy: Pick<Tenancy, 'administrators' | 'memberships'>;
}): Pick<People, 'disable' | 'enable' | 'unlock' | 'onUnlock'> {
  const listeners: Parameters<People['onUnlock']>[0][] = [];

  const tell = (user: User, type: string, actor: Actor, at: Date) => [
    ...(user.outbox ?? []),
    auditEvent(at, { type, realm: user.realm, actor, subject: user.id }),
  ];

  const shutOut = (realm: string, userId: string, actor: Actor) =>
    registry.update(realm, userId, (user) => {
      if (user.status === 'disabled') return user;
      const at = clock.now();
      const outbox = tell(user, 'user.disabled', actor, at);
      // An open invitation would let a disabled person set a password the moment they are enabled.
      return { ...without(user, 'invitation'), status: 'disabled', sessionsValidFrom: justAfter(at), outbox };
    });

  return {
    async disable(realm, userId, actor) {
      const disabled = await keepAdmins(
        realm,
        async () => ({ kind: 'loss', losses: [{ userId, what: 'all' }] }),
        async () => ((await administrators.leave(realm, userId)) ? shutOut(realm, userId, actor) : lastAdmin),
      );
      if (disabled.ok && disabled.value !== lastAdmin) return disabled.value;
      throw new GatehouseError('conflict', `person ${userId} is the last one who administers ${realm}`, {
        messageKey: 'error.last_admin',
      });
    },
    async enable(realm, userId, actor) {
      const enabled = await registry.update(realm, userId, (user) =>
        user.status === 'active'
          ? user
          : { ...user, status: 'active', outbox: tell(user, 'user.enabled', actor, clock.now()) },
      );
      const theirs = enabled === undefined ? [] : await memberships.of(realm, userId);
      const administers = theirs.some(({ organization, state }) => organization === undefined && state === 'active');
      if (administers) await administrators.join(realm, userId);
      return enabled;
    },
    async unlock(realm, userId, actor) {
      if ((await registry.get(realm, userId)) === undefined) return undefined;
      // First what follows from it: a process that dies here leaves the person locked, to be unlocked again.
      for (const listener of listeners) await listener(realm, userId, actor);
      return registry.update(realm, userId, (locked) => ({
        ...without(locked, 'secondFactorLockedAt'),
        outbox: tell(locked, 'user.unlocked', actor, clock.now()),
      }));
    },
    onUnlock(listener) {
      listeners.push(listener);
    },
  };
}
