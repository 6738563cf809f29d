import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyring, type Keyring } from '../../src/kernel/index.ts';
import { type OpenedStore, openStore } from '../../src/store/index.ts';
import { aClock, type SettableClock } from './clock.ts';

export interface StoreForTests {
  readonly store: OpenedStore;
  readonly clock: SettableClock;
  readonly keyring: Keyring;
  readonly dataDir: string;
  /** Another connection to the same database, as another process would have; closed with it. */
  readonly elsewhere: () => Promise<OpenedStore>;
  /** Closes the store and removes its directory. */
  readonly close: () => Promise<void>;
}

export function aKeyring(): Keyring {
  return createKeyring([{ id: 'test', secret: new Uint8Array(32).fill(7) }]);
}

/**
 * A real store: SQLite in a directory of its own, or on `database`. Declare collections (build the rooms), then
 * `await store.bootstrap()`, as `app.ts` does.
 */
export async function aStore(clock: SettableClock = aClock(), database = ''): Promise<StoreForTests> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-store-'));
  const keyring = aKeyring();
  const store = await openStore({ database, dataDir, keyring, clock });
  const others: OpenedStore[] = [];
  return {
    store,
    clock,
    keyring,
    dataDir,
    async elsewhere() {
      const other = await openStore({ database, dataDir, keyring, clock });
      others.push(other);
      return other;
    },
    async close() {
      await Promise.all([store, ...others].map((each) => each.close()));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
