import { DatabaseSync } from 'node:sqlite';
import { runGroup } from '../../src/store/sqlite/groups.ts';
import type { WriteOp } from '../../src/store/sqlite/protocol.ts';

const op = (sql: string, ...rows: (string | number)[][]): WriteOp => ({ sql, rows, want: 'changes', durable: true });
const insert = (...rows: string[][]) => op('INSERT INTO t VALUES (?)', ...rows);

function open() {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t (id TEXT PRIMARY KEY)');
  const ids = () =>
    db
      .prepare('SELECT id FROM t ORDER BY id')
      .all()
      .map((row) => row['id']);
  return { db, ids, run: (...ops: WriteOp[]) => runGroup(db, (sql) => db.prepare(sql), ops) };
}

describe('a group of writes', () => {
  it('keeps what was accepted beside what was refused, and several rows of one operation together', () => {
    const { ids, run } = open();
    const outcomes = run(insert(['a']), insert(['a']), insert(['b'], ['c'], ['a']), insert(['d'], ['e']));
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.why))).toStrictEqual([
      1,
      'duplicate',
      'duplicate',
      2,
    ]);
    expect(ids()).toStrictEqual(['a', 'd', 'e']);
  });

  it('takes nothing but a key that is taken for a key that is taken', () => {
    const { db, ids, run } = open();
    db.exec('CREATE TABLE other (id TEXT NOT NULL)');
    const outcomes = run(insert(['a']), op('INSERT INTO other VALUES (NULL)', []));
    // SQLITE_CONSTRAINT_NOTNULL
    expect(outcomes).toStrictEqual(outcomes.map(() => expect.objectContaining({ why: 'failed', code: 1299 })));
    expect(ids()).toStrictEqual([]);
  });

  it('F7: fails as a whole when the disk is full, keeps nothing of it, and works again when there is room', () => {
    const { db, ids, run } = open();
    run(insert(['before']));
    db.exec('PRAGMA max_page_count = 4');
    const outcomes = run(insert(['small']), insert(['x'.repeat(100_000)]), insert(['after']));
    // SQLITE_FULL
    expect(outcomes).toStrictEqual(outcomes.map(() => expect.objectContaining({ ok: false, why: 'failed', code: 13 })));
    expect(ids()).toStrictEqual(['before']);
    db.exec('PRAGMA max_page_count = 1000');
    expect(run(insert(['room']))).toStrictEqual([{ ok: true, value: 1 }]);
    expect(ids()).toStrictEqual(['before', 'room']);
  });
});
