import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { GatehouseError } from '../../kernel/index.ts';
import type { SqlValue } from './protocol.ts';

/** The serving thread's own connection, which only reads. Rows are lists, in the order of the columns asked for. */
export interface Reader {
  first(sql: string, values: readonly SqlValue[]): readonly unknown[] | undefined;
  /** For a few rows: all at once. */
  all(sql: string, values: readonly SqlValue[]): readonly (readonly unknown[])[];
  /** Leaves the database alone as soon as the loop ends. */
  each(sql: string, values: readonly SqlValue[]): Iterable<readonly unknown[]>;
  close(): void;
}

/** Only recovery after a crash locks readers out of a WAL, and only briefly. */
const busyTimeoutMs = 1_000;

export function openReader(file: string): Reader {
  const db = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
  const cached = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = cached.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql);
      statement.setReturnArrays(true);
      cached.set(sql, statement);
    }
    return statement;
  };
  const begin = db.prepare('BEGIN');
  const commit = db.prepare('COMMIT');

  /**
   * What is asked for in one turn of the event loop is read in one transaction: a lock of the journal and a look at what
   * changed for all of it. It ends with the turn, and that a write is done comes to be known in a later one.
   */
  function look(): void {
    if (db.isTransaction) return;
    begin.run();
    process.nextTick(lookAway);
  }

  function lookAway(): void {
    // SQLite ends it by itself after some errors (I/O).
    if (!db.isOpen || !db.isTransaction) return;
    try {
      commit.run();
    } catch {
      // Otherwise the next look would be told what is past.
      db.exec('ROLLBACK');
    }
  }

  return {
    first(sql, values) {
      try {
        look();
        return prepare(sql).get(...values) as unknown as readonly unknown[] | undefined;
      } catch (cause) {
        throw unavailable(cause);
      }
    },
    all(sql, values) {
      try {
        look();
        return prepare(sql).all(...values) as unknown as readonly (readonly unknown[])[];
      } catch (cause) {
        throw unavailable(cause);
      }
    },
    *each(sql, values) {
      try {
        look();
        yield* prepare(sql).iterate(...values) as unknown as Iterable<readonly unknown[]>;
      } catch (cause) {
        throw unavailable(cause);
      }
    },
    close() {
      cached.clear();
      if (db.isOpen) db.close();
    },
  };
}

function unavailable(cause: unknown): GatehouseError {
  return new GatehouseError('unavailable', 'database read failed', { cause });
}
