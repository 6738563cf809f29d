import type { Clock } from '../kernel/index.ts';
import type { Leases } from './leases.ts';
import type { Log } from './log.ts';
import type { Collection, Doc, Store } from './port.ts';
import { createRounds } from './rounds.ts';

/** Removes what has expired. Only cleans up: code that cares checks `expiresAt` itself. */
export interface Sweeper {
  start(): void;
  stop(): Promise<void>;
  /** One round now, whoever holds the lease; returns how many documents went. */
  sweepOnce(): Promise<number>;
}

export interface SweeperDeps {
  readonly store: Store;
  readonly collections: readonly Pick<Collection<Doc>, 'declaration'>[];
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log?: Log;
}

const everyMs = 30_000;
const leaseS = 90;
/** Small, so that a round never keeps sign-ins waiting. */
const batchSize = 200;

export function createSweeper({ store, collections, leases, clock, log }: SweeperDeps): Sweeper {
  const names = collections
    .filter(({ declaration }) => declaration.expiry !== undefined)
    .map(({ declaration }) => declaration.name);

  async function sweepOnce(): Promise<number> {
    let total = 0;
    for (const name of names) {
      let removed: number;
      do {
        removed = await store.removeExpired(name, clock.now(), batchSize);
        total += removed;
      } while (removed === batchSize);
    }
    return total;
  }

  const rounds = createRounds(
    'sweeper',
    everyMs,
    async () => {
      if (await leases.hold('sweeper', leaseS)) await sweepOnce();
    },
    log,
  );
  return {
    sweepOnce,
    start: () => rounds.start(),
    async stop() {
      await rounds.stop();
      await leases.release('sweeper').catch(() => undefined);
    },
  };
}
