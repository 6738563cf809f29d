import { GatehouseError, newId } from '../kernel/index.ts';
import { Duplicate, type OutboxItem } from '../store/index.ts';
import type { AuditDeps } from './collections.ts';
import type { AuditEvent } from './event.ts';
import { eventOf } from './event-shape.ts';
import { createTurns } from './in-turn.ts';
import { chainBroken, link } from './link.ts';
import { createPosition } from './position.ts';
import type { AuditRecord } from './record.ts';

interface Arrival {
  readonly item: string;
  readonly at: Date;
  readonly event: AuditEvent;
}

/** Records written at once: bounds how much is done again when another process took the place. */
const batchSize = 100;
/** Other processes win a place at most so often in a row before the items are left for the next round. */
const attempts = 20;

/**
 * Appends each item once, in the order of arrival, whoever calls and however often: a place in the chain and an item
 * are taken once (unique keys), and the head follows. Returns when all of them are on the disk.
 */
export function createAppend(deps: AuditDeps): (items: readonly OutboxItem[]) => Promise<void> {
  const { records, keyring, clock } = deps;
  const position = createPosition(deps);
  const inTurn = createTurns();

  async function appendBatch(realm: string, batch: readonly Arrival[]): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const missing = await notYetRecorded(batch);
      if (missing.length === 0) return;
      const { place, isBroken } = await position.end(realm);
      const arrivals = isBroken ? [broken(realm, clock.now()), ...missing] : missing;
      const made: AuditRecord[] = [];
      for (const { item, at, event } of arrivals) made.push(link(keyring, made.at(-1) ?? place, item, at, event));
      try {
        await records.insertMany(made);
      } catch (error) {
        if (error instanceof Duplicate) continue;
        throw error;
      }
      await position.moveTo(realm, made.at(-1) ?? place, isBroken);
      return;
    }
    throw new GatehouseError('conflict', `the audit chain of ${realm} is being written by too many processes`);
  }

  async function notYetRecorded(batch: readonly Arrival[]): Promise<readonly Arrival[]> {
    const found = await Promise.all(batch.map(({ item }) => records.findBy('by_item', [item])));
    const seen = new Set<string>();
    return batch.filter(({ item }, at) => {
      if (found[at] !== undefined || seen.has(item)) return false;
      seen.add(item);
      return true;
    });
  }

  return async (items) => {
    const byRealm = Map.groupBy(
      items.map((item): Arrival => ({ item: item.id, at: item.at, event: eventOf(item) })),
      ({ event }) => event.realm,
    );
    await Promise.all(
      [...byRealm].map(([realm, arrivals]) =>
        inTurn(realm, async () => {
          for (let at = 0; at < arrivals.length; at += batchSize) {
            await appendBatch(realm, arrivals.slice(at, at + batchSize));
          }
        }),
      ),
    );
  };
}

function broken(realm: string, at: Date): Arrival {
  return { item: newId(), at, event: { type: chainBroken, realm, actor: { kind: 'system' } } };
}
