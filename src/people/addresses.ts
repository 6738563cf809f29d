import { auditEvent } from '../audit/index.ts';
import type { Clock } from '../kernel/index.ts';
import { outgoingMessage } from '../messaging/index.ts';
import { isEmail, normalise } from './normalise.ts';
import type { Registry } from './registry.ts';
import type { People, User } from './user.ts';

/** Beside the person's own. */
export const mostAddresses = 5;

const daysToTell = 3;

/** Every address that is told of changes to the account: the person's own first. NIST SP 800-63B-4 §4.6. */
export function addressesOf({ email, addresses = [] }: Pick<User, 'email' | 'addresses'>): readonly string[] {
  return email === undefined ? addresses : [email, ...addresses];
}

export function createAddresses({
  registry,
  clock,
}: {
  readonly registry: Registry;
  readonly clock: Clock;
}): Pick<People, 'setAddresses'> {
  return {
    async setAddresses(realm, userId, given, actor) {
      const typed = given.map((address) => address.trim());
      if (typed.length > mostAddresses || !typed.every(isEmail)) return { ok: false, why: 'invalid' };
      const changed = await registry.update(realm, userId, (user) => {
        const known = new Set(user.email === undefined ? [] : [normalise(user.email)]);
        const addresses = typed.filter((address) => !known.has(normalise(address)) && known.add(normalise(address)));
        const at = clock.now();
        const event = auditEvent(at, { type: 'user.addresses_changed', realm, actor, subject: userId });
        // To those that were told before: a new one must not be the only one that learns of itself.
        const told = addressesOf(user).map((to) =>
          outgoingMessage(at, {
            ...{ realm, channel: 'mail' as const, to, template: 'addresses-changed', locale: user.locale ?? '' },
            timeZone: user.timeZone,
            params: { name: user.name, at: at.toISOString() },
            expiresAt: new Date(at.getTime() + daysToTell * 24 * 60 * 60 * 1000),
          }),
        );
        return { ...user, addresses, outbox: [...(user.outbox ?? []), event, ...told] };
      });
      return changed === undefined ? { ok: false, why: 'unknown' } : { ok: true, user: changed };
    },
  };
}
