import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore, type Store } from '../../src/store/index.ts';
import { aClock } from '../support/clock.ts';
import { aKeyring } from '../support/store.ts';
import type { DatabaseUnderTest } from './engine-under-test.ts';

/** An empty file in a directory of its own. */
export async function openSqliteDatabase(): Promise<DatabaseUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-sqlite-'));
  const clock = aClock();
  const stores: Store[] = [];
  const raw = <R>(act: (db: DatabaseSync) => R): R => {
    const db = new DatabaseSync(join(dataDir, 'gatehouse.db'), { timeout: 5_000 });
    try {
      return act(db);
    } finally {
      db.close();
    }
  };
  return {
    clock,
    address: { database: '', dataDir },
    async open(migrations) {
      const store = await openStore({
        database: '',
        dataDir,
        keyring: aKeyring(),
        clock,
        ...(migrations && { migrations }),
      });
      stores.push(store);
      return store;
    },
    rawField: async (collection, id, path) =>
      raw(
        (db) =>
          db.prepare(`SELECT body ->> ? AS value FROM "${collection}" WHERE id = ?`).get(`$.${path}`, id)?.['value'],
      ),
    rawRevision: async (collection, id) =>
      raw((db) => {
        const row = db.prepare(`SELECT * FROM "${collection}" WHERE id = ?`).get(id) ?? {};
        return Number(Object.entries(row).find(([name]) => name.startsWith('rev'))?.[1]);
      }),
    setRawField: async (collection, id, path, value) =>
      raw(
        (db) =>
          void db
            .prepare(`UPDATE "${collection}" SET body = json_set(body, ?, ?) WHERE id = ?`)
            .run(`$.${path}`, value, id),
      ),
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
