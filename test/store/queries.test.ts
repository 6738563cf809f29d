import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { cursorOf } from '../../src/store/cursor.ts';
import type { KeyPart, ListQuery } from '../../src/store/index.ts';
import { planOf } from '../../src/store/plan.ts';
import { afterPrefix, indexOf, scanOf } from '../../src/store/scan.ts';
import {
  keyQuery,
  pendingQuery,
  type Query,
  removeExpiredQuery,
  scanQuery,
  tallyQuery,
} from '../../src/store/sqlite/queries.ts';
import { ensureTables, tableSpec } from '../../src/store/sqlite/tables.ts';
import { type Thing, thingsNamed } from './things.ts';

const plan = planOf(thingsNamed('things'));

describe('the SQL of a query', () => {
  const db = new DatabaseSync(':memory:');
  ensureTables(db, [tableSpec(plan)]);
  const steps = ({ sql, values }: Query) =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map((row) => String(row['detail']));
  const scan = (query: Omit<ListQuery<Thing>, 'limit'>) => scanQuery(plan, scanOf(plan, { ...query, limit: 10 }));
  const expiry = indexOf(plan, 'expiry', []);

  it.each<[string, Query]>([
    ['a page', scan({ index: 'label', equals: ['r'] })],
    ['a next page', scan({ index: 'label', equals: ['r'], after: cursorOf(['a', 'x']) })],
    ['a page backwards', scan({ index: 'rank', equals: ['r'], after: cursorOf([1, 2, 'x']), reverse: true })],
    ['a prefix', scan({ index: 'label', equals: ['r'], prefix: 'a' })],
    ['a range', scan({ index: 'at', equals: ['r'], range: { from: new Date(1) } })],
    ['a page of a unique index', scan({ index: 'slot', equals: ['r'], after: cursorOf([1, 'a', 'x']) })],
    ['a page of a sparse index', scan({ index: 'mail', prefix: 'a' })],
    ['a page of a list index', scan({ index: 'tag', equals: ['t'], after: cursorOf([1, 'x']) })],
    ['all by id', scan({ index: 'id', after: cursorOf(['a', 'x']) })],
    ['one by its key', keyQuery(plan, indexOf(plan, 'mail', []), ['a'] as KeyPart[])],
    ['counts', tallyQuery(plan, indexOf(plan, 'rank', []), ['r'])],
    ['what expired', removeExpiredQuery(plan, expiry, new Date(), 5)],
  ])('seeks in its index and sorts nothing: %s', (_, query) => {
    const plain = steps(query).join('\n');
    expect(plain).toContain('SEARCH');
    expect(plain).not.toMatch(/SCAN|TEMP B-TREE FOR (ORDER|GROUP)/);
  });

  it('reads what is pending in the order of its index', () => {
    expect(steps(pendingQuery(plan, 5)).join('\n')).not.toContain('TEMP B-TREE');
  });

  it('is the same however often tables are ensured', () => {
    const schema = () => db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
    const before = schema();
    ensureTables(db, [tableSpec(plan)]);
    expect(schema()).toStrictEqual(before);
  });

  it('follows a changed declaration: what is no longer declared goes', () => {
    const other = new DatabaseSync(':memory:');
    ensureTables(other, [tableSpec(plan)]);
    const bare = planOf(thingsNamed('things', { indexes: [{ name: 'label', fields: ['label'] }] }));
    ensureTables(other, [tableSpec(bare)]);
    const names = other.prepare("SELECT name FROM sqlite_schema WHERE name GLOB 'things/*' ORDER BY 1").all();
    expect(names.map((row) => String(row['name']).replace(/[0-9a-f]{8}$/, ''))).toStrictEqual([
      'things/#pending/1',
      'things/expiry/',
      'things/label/',
    ]);
  });
});

describe('the end of a prefix', () => {
  const bytes = (text: string) => Buffer.from(text);
  it('lies after every string with that prefix, and before every other that follows it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 4 });
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const end = afterPrefix(prefix);
        const isInside =
          Buffer.compare(bytes(other), bytes(prefix)) >= 0 &&
          (end === undefined || Buffer.compare(bytes(other), bytes(end)) < 0);
        expect(isInside).toBe(other.startsWith(prefix));
        const longer = prefix + other;
        expect(end === undefined || Buffer.compare(bytes(longer), bytes(end)) < 0).toBe(true);
      }),
    );
  });

  it.each([
    ['', undefined],
    ['a', 'b'],
    ['a\u{10ffff}', 'b'],
    ['\u{10ffff}', undefined],
    ['\ud7ff', '\ue000'],
    ['%', '&'],
  ])('of %j is %j', (prefix, end) => {
    expect(afterPrefix(prefix)).toBe(end);
  });
});
