import { z } from 'zod';
import { type Clock, newId } from '../kernel/index.ts';
import type { Doc, Store } from './port.ts';

/** A name that one process at a time holds, for a while. */
export interface Lease extends Doc {
  readonly holder: string;
  readonly until: Date;
}

export interface Leases {
  /** Takes or renews it for this process. False: another one holds it. Holders must bear that clocks differ a little. */
  hold(name: string, ttlS: number): Promise<boolean>;
  /** Gives it back, when this process holds it. */
  release(name: string): Promise<void>;
}

export const leasesName = 'leases';

/** Create it once per process, before `bootstrap`. */
export function createLeases({ store, clock }: { readonly store: Store; readonly clock: Clock }): Leases {
  const me = newId();
  const leases = store.collection<Lease>({
    name: 'leases',
    shape: z.object({ id: z.string(), holder: z.string(), until: z.date() }),
    indexes: [],
    survives: 'process',
  });
  return {
    async hold(name, ttlS) {
      const now = clock.now();
      const until = new Date(now.getTime() + ttlS * 1000);
      const held = await leases.upsert(name, (lease) =>
        lease === undefined || lease.holder === me || lease.until <= now ? { id: name, holder: me, until } : undefined,
      );
      return held.ok;
    },
    async release(name) {
      // Over at once, and not removed: another process may have taken it in between.
      await leases.update(name, (lease) => (lease.holder === me ? { ...lease, until: clock.now() } : undefined));
    },
  };
}
