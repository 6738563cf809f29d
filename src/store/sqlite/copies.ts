import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { createDateCodec } from '../dates.ts';
import type { Engine } from '../engine.ts';
import type { Kept } from '../kept.ts';
import { pendingSince } from '../outbox.ts';
import { type Doc, Duplicate } from '../port.ts';
import type { SqlValue } from './protocol.ts';
import type { Reader } from './reader.ts';
import { ownColumns, quoted, writeSql } from './tables.ts';
import type { Writer } from './writer.ts';

const pageSize = 500;

/** Whole documents in and out of the file. A snapshot is one read transaction: writers go on beside it. */
export function createSqliteCopies(
  file: string,
  reader: Reader,
  writer: Writer,
): Pick<Engine, 'has' | 'count' | 'snapshot' | 'put' | 'clear'> {
  const tableSql = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`;

  return {
    has: async ({ declaration }) => reader.first(tableSql, [declaration.name]) !== undefined,
    count: async ({ declaration }) =>
      Number(reader.first(`SELECT count(*) FROM ${quoted(declaration.name)}`, [])?.[0] ?? 0),
    async snapshot() {
      const db = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
      db.exec('BEGIN');
      // The first read is what fixes the moment.
      const tables = new Set(
        db
          .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
          .all()
          .map((row) => row['name']),
      );
      return {
        isFrozen: true,
        async *pages({ declaration }, after = '') {
          if (!tables.has(declaration.name)) return;
          const dates = createDateCodec(declaration);
          // Whatever program laid it out.
          const rev = ownColumns(db, declaration.name).find((name) => name.startsWith('rev')) ?? 'rev';
          const sql = `SELECT id, ${quoted(rev)} AS rev, body FROM ${quoted(declaration.name)} WHERE id > ? ORDER BY id LIMIT ${pageSize}`;
          const statement = db.prepare(sql);
          for (let last = after; ; ) {
            const page = statement.all(last).map(({ id, rev, body }): Kept => {
              const doc = dates.revive(JSON.parse(String(body)) as Record<string, unknown>);
              return { id: String(id), rev: Number(rev), doc };
            });
            if (page.length > 0) yield page;
            if (page.length < pageSize) return;
            last = page.at(-1)?.id ?? last;
            // A server may have its backup made by itself some day: its requests come in between.
            await turn();
          }
        },
        async close() {
          db.close();
        },
      };
    },
    async put(plan, documents) {
      if (documents.length === 0) return;
      const rows = documents.map(({ id, rev, doc }): SqlValue[] => {
        return [id, rev, pendingSince(doc as unknown as Doc), JSON.stringify(withoutDates(doc))];
      });
      const settled = await writer.write({ sql: writeSql(plan).put, rows, want: 'changes', durable: true });
      if (!settled.ok) throw new Duplicate(plan.declaration.name, settled.text);
    },
    async clear({ declaration }) {
      if (reader.first(tableSql, [declaration.name]) === undefined) return;
      const sql = `DELETE FROM ${quoted(declaration.name)}`;
      await writer.write({ sql, rows: [[]], want: 'changes', durable: true });
    },
  };
}

function withoutDates(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(withoutDates);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutDates(each)]));
}
