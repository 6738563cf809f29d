import { z } from 'zod';
import { type Clock, newId } from '../kernel/index.ts';
import { type Alone, createAlone } from './alone.ts';
import type { Lease } from './lease.ts';
import type { Store } from './port.ts';
import { turnLasts } from './turn-lasts.ts';

export interface Leases {
  /**
   * Takes it for this process, or renews it when less than half of `ttlS` is left: a round of work may be over within
   * milliseconds. False: another one holds it. Holders must bear that clocks differ a little.
   */
  hold(name: string, ttlS: number): Promise<boolean>;
  /** Gives it back, when this process holds it. */
  release(name: string): Promise<void>;
}

/** Not when the clock was set back: then it would be held for too long. */
function isFresh({ until }: Lease, now: Date, ttlS: number): boolean {
  const leftMs = until.getTime() - now.getTime();
  return leftMs > ttlS * 500 && leftMs <= ttlS * 1000;
}

export const leasesName = 'leases';

/** Create it once per process, before `bootstrap`. */
export function createLeases({
  store,
  clock,
  elapsedMs,
}: {
  readonly store: Store;
  readonly clock: Clock;
  /** Of a clock that nobody sets; the system's when left out. */
  readonly elapsedMs?: () => number;
}): Leases & { readonly alone: Alone } {
  const me = newId();
  const leases = store.collection<Lease>({
    name: 'leases',
    shape: z.object({ id: z.string(), holder: z.string(), until: z.date() }),
    indexes: [],
    survives: 'process',
  });
  return {
    alone: createAlone(leases, clock, elapsedMs),
    async hold(name, ttlS) {
      const now = clock.now();
      const until = new Date(now.getTime() + ttlS * 1000);
      const held = await leases.upsert(name, (lease) => {
        if (lease?.holder === me && isFresh(lease, now, ttlS)) return lease;
        const isAnothers = lease !== undefined && lease.holder !== me && turnLasts(lease.until, now, ttlS * 1000);
        return isAnothers ? undefined : { id: name, holder: me, until };
      });
      return held.ok;
    },
    async release(name) {
      // Over at once, and not removed: another process may have taken it in between.
      await leases.update(name, (lease) => (lease.holder === me ? { ...lease, until: clock.now() } : undefined));
    },
  };
}
