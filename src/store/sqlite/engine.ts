import { closeSync, mkdirSync, openSync } from 'node:fs';
import type { Engine, EngineOptions } from '../engine.ts';
import type { Plan } from '../plan.ts';
import type { Doc } from '../port.ts';
import { createSqliteCollection } from './collection.ts';
import { createSqliteCopies } from './copies.ts';
import { databaseFile } from './database-file.ts';
import { pendingQuery, removeExpiredQuery } from './queries.ts';
import { openReader } from './reader.ts';
import { tableSpec } from './tables.ts';
import { openWriter } from './writer.ts';

/** Opens, or makes, `gatehouse.db` in `dataDir`: only this user reads the directory and the file. */
export async function openSqlite(dataDir: string, options: EngineOptions): Promise<Engine> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = databaseFile(dataDir);
  // SQLite gives its journal files the mode of the database.
  closeSync(openSync(file, 'a', 0o600));
  const writer = await openWriter(file);
  const reader = openReader(file);
  const readers = new Map<string, (body: unknown) => Doc>();

  return {
    async isReady() {
      try {
        reader.first('SELECT 1', []);
        return writer.isAlive();
      } catch {
        return false;
      }
    },
    collection<T extends Doc>(plan: Plan<T>) {
      const collection = createSqliteCollection(plan, reader, writer, options);
      readers.set(plan.declaration.name, collection.read);
      return collection;
    },
    ensure: (plans) => writer.ensure(plans.map(tableSpec)),
    async pending(plan, limit) {
      const read = readers.get(plan.declaration.name);
      const { sql, values } = pendingQuery(plan, limit);
      return read === undefined ? [] : reader.all(sql, values).map(([body]) => read(body));
    },
    async removeExpired(plan, before, limit) {
      const index = plan.indexes.get('expiry');
      if (index === undefined) return 0;
      const { sql, values } = removeExpiredQuery(plan, index, before, limit);
      const durable = plan.declaration.survives !== 'process';
      const settled = await writer.write({ sql, rows: [values], want: 'changes', durable });
      return settled.ok ? Number(settled.value) : 0;
    },
    async inspect() {
      const found = reader.first('PRAGMA quick_check(1)', []);
      return { engine: 'sqlite', isIntact: found?.[0] === 'ok' };
    },
    ...createSqliteCopies(file, reader, writer),
    async close() {
      await writer.close();
      reader.close();
    },
  };
}
