import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Outcome, SqlValue, WriteOp } from './protocol.ts';

export type Statements = (sql: string) => StatementSync;

/** SQLITE_CONSTRAINT_PRIMARYKEY and _UNIQUE, https://www.sqlite.org/rescode.html */
const keyTaken: readonly (number | undefined)[] = [1555, 2067];

/** One transaction for all: an operation that is refused leaves the others alone; a disk that fails fails them all. */
export function runGroup(db: DatabaseSync, prepare: Statements, ops: readonly WriteOp[]): Outcome[] {
  try {
    prepare('BEGIN IMMEDIATE').run();
    const outcomes = ops.map((op) => runOp(prepare, op));
    prepare('COMMIT').run();
    return outcomes;
  } catch (error) {
    rollBack(db);
    const failure = toFailure(error);
    return ops.map(() => failure);
  }
}

/** A single statement is undone by SQLite itself when it is refused, together with what its triggers did. */
function runOp(prepare: Statements, op: WriteOp): Outcome {
  const statement = prepare(op.sql);
  const isMany = op.rows.length > 1;
  if (isMany) prepare('SAVEPOINT many').run();
  try {
    let changes = 0;
    let body: string | null = null;
    for (const row of op.rows) {
      if (op.want === 'body') body = bodyOf(statement, row);
      else changes += Number(statement.run(...row).changes);
    }
    if (isMany) prepare('RELEASE many').run();
    return { ok: true, value: op.want === 'body' ? body : changes };
  } catch (error) {
    if (!keyTaken.includes(errorOf(error).errcode)) throw error;
    if (isMany) {
      prepare('ROLLBACK TO many').run();
      prepare('RELEASE many').run();
    }
    return { ok: false, why: 'duplicate', text: errorOf(error).message };
  }
}

function bodyOf(statement: StatementSync, row: readonly SqlValue[]): string | null {
  const found = statement.get(...row);
  return found === undefined ? null : String(found['body']);
}

function rollBack(db: DatabaseSync): void {
  // SQLite itself has rolled back already after some errors (disk full, I/O).
  if (db.isTransaction) db.exec('ROLLBACK');
}

export function toFailure(error: unknown): Outcome {
  const { errcode, message } = errorOf(error);
  return { ok: false, why: 'failed', code: errcode ?? 0, text: message };
}

function errorOf(error: unknown): { errcode?: number; message: string } {
  return error as { errcode?: number; message: string };
}
