import { createChange, type Found, firstRevision } from '../change.ts';
import { createCodec } from '../codec.ts';
import { cursorOf } from '../cursor.ts';
import { createDateCodec } from '../dates.ts';
import type { EngineOptions } from '../engine.ts';
import { pendingSince } from '../outbox.ts';
import type { Plan } from '../plan.ts';
import { type Collection, type Doc, Duplicate, type KeyPart, type ListQuery, type Page } from '../port.ts';
import { indexOf, scanOf } from '../scan.ts';
import { picked, wantsSealed } from '../select.ts';
import type { SqlValue } from './protocol.ts';
import { keyPart, keyQuery, placeOfRow, removeWhereQuery, scanQuery, tallyQuery } from './queries.ts';
import type { Reader } from './reader.ts';
import { indexObject, keyColumn, keyFields, quoted, revisionColumn, sideColumn, writeSql } from './tables.ts';
import type { Settled, Writer } from './writer.ts';

/** How many documents one transaction of `insertMany` takes: bounds how long others wait for it. */
const chunkSize = 500;
/** Rows that a list reads at once instead of one by one, which costs an object and a call for each list and row. */
const readAtOnce = 250;

export function createSqliteCollection<T extends Doc>(
  plan: Plan<T>,
  reader: Reader,
  writer: Writer,
  options: EngineOptions,
): Collection<T> & { readonly read: (body: unknown) => T } {
  const { declaration } = plan;
  const { name } = declaration;
  const table = quoted(name);
  const codec = createCodec(declaration, options.keyring);
  const dates = createDateCodec(declaration);
  const isDurable = declaration.survives !== 'process';
  const bodySql = `SELECT body FROM ${table} WHERE id = ?`;
  const revisionSql = `SELECT body, ${quoted(revisionColumn(plan))} FROM ${table} WHERE id = ?`;
  const statements = writeSql(plan);
  const removeSql = `DELETE FROM ${table} WHERE id = ?`;
  const takeSql = `${removeSql} RETURNING body`;
  const indexOfFault = faultTable(plan);

  const readSealed = (body: unknown) => dates.revive(JSON.parse(String(body)) as Record<string, unknown>);
  const read = (body: unknown): T => codec.toOpen(readSealed(body));
  const storedOf = (doc: T) => dates.toStored(codec.toSealed(doc));

  function announce(doc: T): void {
    if (pendingSince(doc) !== null) options.onOutbox();
  }

  function fail(text: string): never {
    throw new Duplicate(name, indexOfFault(text));
  }

  async function write(
    sql: string,
    rows: readonly (readonly SqlValue[])[],
    want: 'changes' | 'body',
    durable: boolean,
  ): Promise<Settled> {
    return await writer.write({ sql, rows, want, durable });
  }

  const row = (doc: T): SqlValue[] => [doc.id, firstRevision(), pendingSince(doc), JSON.stringify(storedOf(doc))];

  const keyPaths = keyFields(plan).map(({ path }) => path.split('.'));
  const keysOf = (stored: Record<string, unknown>) => keyPaths.map((names) => valueAt(stored, names));

  const { update, upsert } = createChange<T, FoundRow<T>>({
    collection: name,
    async read(id) {
      const found = reader.first(revisionSql, [id]);
      if (found === undefined) return undefined;
      const stored = JSON.parse(String(found[0])) as Record<string, unknown>;
      const keys = keysOf(stored);
      return { doc: codec.toOpen(dates.revive(stored)), rev: found[1] as number, keys };
    },
    async add(doc, durable) {
      const settled = await write(statements.insert, [row(doc)], 'changes', durable);
      // Of two keys that are taken SQLite names either.
      if (!settled.ok && reader.first(bodySql, [doc.id]) === undefined) fail(settled.text);
      if (settled.ok) announce(doc);
      return settled.ok;
    },
    async replace(doc, { rev, keys }, durable) {
      const stored = storedOf(doc);
      const isAsBefore = keysOf(stored).every((value, at) => isSameKey(value, keys[at]));
      const values = [pendingSince(doc), JSON.stringify(stored), doc.id, rev];
      const settled = await write(
        isAsBefore ? statements.replaceBody : statements.replace,
        [values],
        'changes',
        durable,
      );
      if (!settled.ok) fail(settled.text);
      const isWritten = settled.value === 1;
      if (isWritten) announce(doc);
      return isWritten;
    },
  });

  return {
    declaration,
    read,
    async get(id) {
      const found = reader.first(bodySql, [id]);
      return found === undefined ? undefined : read(found[0]);
    },
    async findBy(index, key) {
      const by = indexOf(plan, index, key);
      if (!by.isUnique || key.length !== by.fields.length)
        throw new Error(`${name}.${index}: findBy wants a whole unique key`);
      const { sql, values } = keyQuery(plan, by, key);
      const found = reader.first(sql, values);
      return found === undefined ? undefined : read(found[0]);
    },
    async list(query: ListQuery<T>): Promise<Page<T>> {
      const scan = scanOf(plan, query);
      const { sql, values } = scanQuery(plan, scan);
      const readEach = wantsSealed(declaration, query) ? read : (body: unknown) => readSealed(body) as unknown as T;
      const items: T[] = [];
      let scanned = 0;
      let last: readonly unknown[] = [];
      const isShort = scan.budget <= readAtOnce;
      for (const found of isShort ? reader.all(sql, values) : reader.each(sql, values)) {
        // One row more than wanted was asked for: that it is there says that there is a next page.
        if (items.length === query.limit || scanned === scan.budget) return { items, next: cursorOf(placeOfRow(last)) };
        scanned += 1;
        last = found;
        const doc = readEach(found[0]);
        if (query.where === undefined || query.where(doc)) items.push(picked(doc, query.select));
      }
      return { items };
    },
    async tally({ index, equals = [] }) {
      const by = indexOf(plan, index, equals);
      const field = by.fields[equals.length];
      if (field === undefined) throw new Error(`${name}.${index}: no field is left to count by`);
      const { sql, values } = tallyQuery(plan, by, equals);
      const counts = new Map<KeyPart, number>();
      for (const [value, count] of reader.each(sql, values)) counts.set(keyPart(value, field), Number(count));
      return counts;
    },
    async insert(doc, writeOptions) {
      const settled = await write(
        statements.insert,
        [row(doc)],
        'changes',
        isDurable || writeOptions?.durable === true,
      );
      if (!settled.ok) fail(settled.text);
      announce(doc);
    },
    async insertMany(docs) {
      for (let at = 0; at < docs.length; at += chunkSize) {
        const settled = await write(statements.insert, docs.slice(at, at + chunkSize).map(row), 'changes', isDurable);
        if (!settled.ok) fail(settled.text);
      }
      if (docs.some((doc) => pendingSince(doc) !== null)) options.onOutbox();
    },
    update: (id, make, writeOptions) => update(id, make, isDurable || writeOptions?.durable === true),
    upsert: (id, make, writeOptions) => upsert(id, make, isDurable || writeOptions?.durable === true),
    async take(id) {
      const settled = await write(takeSql, [[id]], 'body', isDurable);
      return settled.ok && settled.value !== null ? read(settled.value) : undefined;
    },
    async remove(id) {
      const settled = await write(removeSql, [[id]], 'changes', isDurable);
      return settled.ok && settled.value === 1;
    },
    async removeWhere({ index, equals, limit }) {
      const { sql, values } = removeWhereQuery(plan, indexOf(plan, index, equals), equals, limit);
      const settled = await write(sql, [values], 'changes', isDurable);
      return settled.ok ? Number(settled.value) : 0;
    },
  };
}

/** A row as it was read: `keys` are the values of its indexes' fields, as they are stored. */
interface FoundRow<T extends Doc> extends Found<T> {
  readonly keys: readonly unknown[];
}

function valueAt(stored: unknown, names: readonly string[]): unknown {
  let value = stored;
  for (const name of names) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/**
 * In doubt it is not: then its index is written again, as where it is a list or an object, which may have been changed
 * in place. Null and absent are one key.
 */
function isSameKey(value: unknown, before: unknown): boolean {
  return typeof (value ?? '') !== 'object' && (value ?? null) === (before ?? null);
}

/** SQLite names the columns of the key that was taken: "UNIQUE constraint failed: t.a, t.b". */
function faultTable(plan: Plan): (text: string) => string {
  const table = plan.declaration.name;
  const names = new Map<string, string>();
  for (const index of plan.indexes.values()) {
    if (!index.isUnique) continue;
    const holder = index.isOverList ? indexObject(plan, index) : table;
    const columns = index.fields.map(
      (field, at) => `${holder}.${index.isOverList ? sideColumn(at) : keyColumn(field)}`,
    );
    names.set(`UNIQUE constraint failed: ${columns.join(', ')}`, index.name);
  }
  return (text) => names.get(text) ?? text;
}
