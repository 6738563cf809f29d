import { auditEvent } from '../audit/index.ts';
import { type Clock, newId } from '../kernel/index.ts';
import type { Collection } from '../store/index.ts';
import type { Batch, StoredToken } from './collections.ts';
import type { Actor } from './token.ts';

/** An import that was silent for so long is over: its process died, or lost the database. */
export const silenceMs = 60_000;

/** A discarded batch is remembered for as long as somebody might still add to it. */
const rememberedMs = 24 * 3_600_000;

const atOnce = 500;

export interface Batches {
  begin(realm: string): Promise<string>;
  /** False: it was discarded meanwhile. */
  keepAlive(id: string): Promise<boolean>;
  /** Makes all of its tokens seen, at once. False: it was discarded meanwhile. */
  goLive(id: string, actor: Actor, details: Readonly<Record<string, string | number>>): Promise<boolean>;
  /** Nothing of it is seen ever, and its tokens are removed. */
  discard(id: string): Promise<void>;
  isLive(id: string): Promise<boolean>;
  /** Removes what imports that were cut off left behind. */
  repair(): Promise<void>;
}

export function createBatches(deps: {
  readonly batches: Collection<Batch>;
  readonly tokens: Collection<StoredToken>;
  readonly clock: Clock;
}): Batches {
  const { batches, tokens, clock } = deps;
  // Live is for ever: what was seen once needs no second look.
  const live = new Set<string>();

  async function removeTokens(batch: string): Promise<void> {
    while ((await tokens.removeWhere({ index: 'batch', equals: [batch], limit: atOnce })) === atOnce);
  }

  const discard = async (id: string) => {
    const expiresAt = new Date(clock.now().getTime() + rememberedMs);
    const gone = await batches.update(id, (batch) =>
      batch.state === 'live' ? undefined : { ...batch, state: 'discarded', expiresAt },
    );
    if (gone.ok) await removeTokens(id);
  };

  return {
    discard,
    async begin(realm) {
      const now = clock.now();
      const id = newId();
      await batches.insert({ id, realm, state: 'staging', beganAt: now, aliveAt: now });
      return id;
    },
    async keepAlive(id) {
      const updated = await batches.update(id, (batch) =>
        batch.state === 'staging' ? { ...batch, aliveAt: clock.now() } : undefined,
      );
      return updated.ok;
    },
    async goLive(id, actor, details) {
      const updated = await batches.update(id, (batch) => {
        if (batch.state !== 'staging') return undefined;
        const told = auditEvent(clock.now(), { type: 'token.imported', realm: batch.realm, actor, details });
        return { ...batch, state: 'live', outbox: [...(batch.outbox ?? []), told] };
      });
      return updated.ok;
    },
    async isLive(id) {
      if (live.has(id)) return true;
      if ((await batches.get(id))?.state !== 'live') return false;
      live.add(id);
      return true;
    },
    async repair() {
      const silentSince = new Date(clock.now().getTime() - silenceMs);
      const silent = await batches.list({
        index: 'state',
        equals: ['staging'],
        range: { to: silentSince },
        limit: atOnce,
      });
      for (const { id } of silent.items) await discard(id);
      const discarded = await batches.list({ index: 'state', equals: ['discarded'], limit: atOnce });
      for (const { id } of discarded.items) await removeTokens(id);
    },
  };
}
