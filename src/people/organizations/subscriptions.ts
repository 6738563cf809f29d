import { auditEvent } from '../../audit/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { type Collection, withOutbox } from '../../store/index.ts';
import type { Actor } from '../actor.ts';
import type { StoredSubscription } from './collections.ts';
import type { SubscriptionKey, Subscriptions } from './organization.ts';

const longestPage = 500;

export function createSubscriptions({
  subscriptions,
  clock,
}: {
  readonly subscriptions: Collection<StoredSubscription>;
  readonly clock: Clock;
}): Subscriptions {
  const told = (type: string, at: Date, { realm, portal, kind, holder }: SubscriptionKey, actor: Actor) =>
    auditEvent(at, {
      type,
      realm,
      actor,
      portal,
      ...(kind === 'user' ? { subject: holder } : { details: { organization: holder } }),
    });

  return {
    async of(realm, holder) {
      const portals: string[] = [];
      let after: string | undefined;
      do {
        const page = await subscriptions.list({
          index: 'holder',
          equals: [holder],
          where: (each) => each.realm === realm && each.endedAt === undefined,
          limit: longestPage,
          ...(after === undefined ? {} : { after }),
        });
        portals.push(...page.items.map(({ portal }) => portal));
        after = page.next;
      } while (after !== undefined);
      return portals;
    },
    async hasAny(realm) {
      const found = await subscriptions.list({ index: 'portal', equals: [realm], select: ['id'], limit: 1 });
      return found.items.length > 0;
    },
    async list({ realm, portal, after, limit }) {
      const { items, next } = await subscriptions.list({
        index: 'portal',
        equals: portal === undefined ? [realm] : [realm, portal],
        where: ({ endedAt }) => endedAt === undefined,
        limit: Math.min(Math.max(limit, 1), longestPage),
        ...(after === undefined ? {} : { after }),
      });
      return { items, ...(next === undefined ? {} : { next }) };
    },
    async add(what, actor) {
      const at = clock.now();
      const id = idOf(what);
      const { realm, portal, kind, holder } = what;
      const added = await subscriptions.upsert(id, (before) => {
        if (before !== undefined && before.endedAt === undefined) return undefined;
        const earlier = before?.outbox === undefined ? {} : { outbox: before.outbox };
        const fresh = { id, realm, portal, kind, holder, createdAt: at, ...earlier };
        return withOutbox(fresh, told('subscription.added', at, what, actor));
      });
      return added.ok ? { ok: true } : { ok: false, why: 'already' };
    },
    async remove(what, actor) {
      const at = clock.now();
      const removed = await subscriptions.update(idOf(what), (before) =>
        before.endedAt === undefined
          ? withOutbox({ ...before, endedAt: at }, told('subscription.removed', at, what, actor))
          : undefined,
      );
      return removed.ok ? { ok: true } : { ok: false, why: 'already' };
    },
  };
}

const idOf = ({ realm, holder, portal }: SubscriptionKey) => `${realm}/${holder}/${portal}`;
