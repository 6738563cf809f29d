import type { Clock } from '../kernel/index.ts';
import { createBackOff } from './back-off.ts';
import type { Leases } from './leases.ts';
import type { Log } from './log.ts';
import type { Collection, Doc, OutboxItem, Store } from './port.ts';
import { createRounds } from './rounds.ts';

/**
 * Empties outboxes: hands their items to `deliver`, then removes exactly those from their documents. At least once,
 * in any order: receivers are idempotent by the item's id.
 */
export interface Drain {
  start(): void;
  stop(): Promise<void>;
  /** One round now, whoever holds the lease; returns how many items were delivered. */
  drainOnce(): Promise<number>;
}

export interface DrainDeps {
  readonly store: Store;
  /** The ones declared with `outbox`; others are passed over. */
  readonly collections: readonly Collection<Doc>[];
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log?: Log;
  /** Throws when they were not received, all or some. */
  readonly deliver: Readonly<Record<OutboxItem['kind'], (items: readonly OutboxItem[]) => Promise<void>>>;
}

/** Of documents tried, of items delivered. */
interface Tally {
  readonly tried: number;
  readonly delivered: number;
  /** There may be more than was looked at. */
  readonly isFull: boolean;
}

/** A document that has something to tell. */
interface Pending {
  readonly source: Collection<Doc>;
  readonly doc: Doc;
}

const keyOf = ({ source, doc }: Pending, kind: OutboxItem['kind']) => `${source.declaration.name}/${doc.id}/${kind}`;

/** Held as long as any server works on the database. */
export const drainLease = 'drain';
const pollMs = 1_000;
export const drainLeaseS = 15;
const batchSize = 100;
/** What several sign-ins leave within so long goes in one round: its lease, its look at every outbox, its records. */
const gatherMs = 100;
const kinds = ['audit', 'message'] as const;

export function createDrain({ store, collections, leases, clock, log, deliver }: DrainDeps): Drain {
  const sources = collections.filter(({ declaration }) => declaration.outbox === true);
  const waiting = createBackOff(clock);

  async function drainOnce(): Promise<number> {
    let total = 0;
    for (;;) {
      const { tried, delivered } = await pass();
      total += delivered;
      if (tried === 0) return total;
    }
  }

  /** One batch of each collection, received together. What failed is not due again at once, so passes come to an end. */
  async function pass(): Promise<Tally> {
    const pending: Pending[] = [];
    let isFull = false;
    for (const source of sources) {
      const found = await pendingOf(source);
      pending.push(...found.pending);
      isFull ||= found.isFull;
    }
    let tried = 0;
    const received = new Map<Pending, Set<string>>();
    for (const kind of kinds) {
      const due = pending
        .filter((each) => waiting.isDue(keyOf(each, kind)))
        .map((each) => ({ each, items: (each.doc.outbox ?? []).filter((item) => item.kind === kind) }))
        .filter(({ items }) => items.length > 0);
      tried += due.length;
      for (const { each, items, isDelivered } of await deliverAll(kind, due)) {
        if (!isDelivered) {
          waiting.failed(keyOf(each, kind));
          continue;
        }
        waiting.succeeded(keyOf(each, kind));
        const ids = received.get(each) ?? new Set();
        for (const { id } of items) ids.add(id);
        received.set(each, ids);
      }
    }
    const removals = [...received].map(
      ([
        {
          source,
          doc: { id },
        },
        ids,
      ]) => source.update(id, (doc) => ({ ...doc, outbox: (doc.outbox ?? []).filter((item) => !ids.has(item.id)) })),
    );
    await Promise.all(removals);
    const delivered = [...received.values()].reduce((sum, ids) => sum + ids.size, 0);
    return { tried, delivered, isFull };
  }

  async function pendingOf(source: Collection<Doc>): Promise<{ pending: Pending[]; isFull: boolean }> {
    const { name } = source.declaration;
    // Those whose turn has not come again stand in front of the others and must not hide them.
    const limit = batchSize + waiting.size();
    const pending = (await store.pending(name, limit)).map((doc) => ({ source, doc }));
    const isFull = pending.length === limit;
    if (!isFull) waiting.keep(`${name}/`, new Set(pending.flatMap((each) => kinds.map((kind) => keyOf(each, kind)))));
    return { pending, isFull };
  }

  /** All in one; when that fails, each document by itself, so that one failing stops no other. */
  async function deliverAll<D extends { items: readonly OutboxItem[] }>(kind: OutboxItem['kind'], due: readonly D[]) {
    if (due.length === 0) return [];
    try {
      await deliver[kind](due.flatMap(({ items }) => items));
      return due.map((one) => ({ ...one, isDelivered: true }));
    } catch (error) {
      if (due.length > 1)
        log?.warn({ err: error, kind }, 'a batch was not delivered; its documents are tried one by one');
    }
    return await Promise.all(
      due.map(async (one) => {
        try {
          await deliver[kind](one.items);
          return { ...one, isDelivered: true };
        } catch (error) {
          log?.warn(
            { err: error, kind, items: one.items.map(({ id }) => id) },
            'not delivered; it will be tried again',
          );
          return { ...one, isDelivered: false };
        }
      }),
    );
  }

  const rounds = createRounds(
    'drain',
    pollMs,
    async () => {
      // One batch a round, so that the lease is renewed under lasting load.
      if (!(await leases.hold(drainLease, drainLeaseS))) return;
      const { tried, isFull } = await pass();
      if (isFull && tried > 0) rounds.wake();
    },
    log,
  );
  let forget: (() => void) | undefined;
  return {
    drainOnce,
    start() {
      forget ??= store.onOutbox(() => rounds.wake(gatherMs));
      rounds.start();
    },
    async stop() {
      forget?.();
      forget = undefined;
      await rounds.stop();
      await leases.release(drainLease).catch(() => undefined);
    },
  };
}
