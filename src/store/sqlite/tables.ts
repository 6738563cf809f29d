import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { FieldPlan, IndexPlan, Plan } from '../plan.ts';

/** A table per collection, in data that can be sent to the writer thread. */
export interface TableSpec {
  readonly table: string;
  /** The column of revisions, see `revisionColumn`. */
  readonly revision: string;
  /** For the fields of indexes: name, and expression over `body`. */
  readonly columns: readonly { readonly name: string; readonly expression: string }[];
  readonly indexes: readonly { readonly name: string; readonly sql: string }[];
  readonly sides: readonly { readonly name: string; readonly statements: readonly string[] }[];
}

export const quoted = (name: string) => `"${name}"`;

/**
 * Null and absent are kept in keys as minus infinity, which JSON cannot hold: it compares like any other value, sorts
 * first, and is not distinct from itself in a unique index.
 */
export const nothing = '-9e999';

export const keyColumn = (field: FieldPlan) => (field.path === 'id' ? 'id' : `k.${field.path}`);
/** Columns of a side table. */
export const sideColumn = (at: number) => `k${at}`;

export function indexObject(plan: Plan, index: IndexPlan): string {
  // The definition is part of the name, so that a changed one is built anew beside the old.
  const definition = JSON.stringify([index.fields, index.isUnique, index.isSparse, index.isOverList]);
  return `${plan.declaration.name}/${index.name}/${createHash('sha256').update(definition).digest('hex').slice(0, 8)}`;
}

export const pendingIndex = (plan: Plan) => `${plan.declaration.name}/#pending/1`;

/** Fields that have a column of their own, each once. */
export function keyFields(plan: Plan): readonly FieldPlan[] {
  const fields = [...plan.indexes.values()].filter((index) => !index.isOverList).flatMap((index) => index.fields);
  return [...new Map(fields.filter(({ path }) => path !== 'id').map((field) => [field.path, field])).values()];
}

const columnsOf = (plan: Plan) =>
  keyFields(plan).map((field) => ({ name: keyColumn(field), expression: keyExpression('body', field.path) }));

/**
 * Every statement that reads to change, or writes, names the revision. So what the columns are is part of its name: a
 * program that knows of others finds nothing to write to, instead of leaving columns as they are that it does not know.
 */
export function revisionColumn(plan: Plan): string {
  const layout = createHash('sha256')
    .update(JSON.stringify(columnsOf(plan)))
    .digest('hex');
  return `rev.${layout.slice(0, 8)}`;
}

/**
 * SQL that writes documents. The columns are filled from the body that is written beside them, in the same statement.
 * They are no generated ones: SQLite would take every index of a row out and put it in again whenever its body changes
 * (docs/adr/0014).
 */
export function writeSql(plan: Plan) {
  const table = quoted(plan.declaration.name);
  const rev = quoted(revisionColumn(plan));
  const columns = keyFields(plan).map((field) => ({ name: quoted(keyColumn(field)), path: field.path }));
  const names = ['id', rev, 'pending', 'body', ...columns.map(({ name }) => name)];
  const insertKeys = columns.map(({ path }) => keyExpression('?4', path));
  const replace = (keys: readonly string[]) =>
    `UPDATE ${table} SET ${[`${rev} = ${rev} + 1`, 'pending = ?1', 'body = ?2', ...keys].join(', ')} WHERE id = ?3 AND ${rev} = ?4`;
  const insert = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${['?1', '?2', '?3', '?4', ...insertKeys].join(', ')})`;
  const taken = names.slice(1).map((name) => `${name} = excluded.${name}`);
  return {
    /** id, rev, pending, body */
    insert,
    /** The same, whether or not there is one. */
    put: `${insert} ON CONFLICT (id) DO UPDATE SET ${taken.join(', ')}`,
    /** pending, body, id, rev */
    replace: replace(columns.map(({ name, path }) => `${name} = ${keyExpression('?2', path)}`)),
    /** The same, for a body that has the keys of the one before: no index is touched. */
    replaceBody: replace([]),
  };
}

export function tableSpec(plan: Plan): TableSpec {
  const table = plan.declaration.name;
  const declared = [...plan.indexes.values()].filter((index) => index.name !== 'id');
  const flat = declared.filter((index) => !index.isOverList);
  const pending = {
    name: pendingIndex(plan),
    sql: `CREATE INDEX ${quoted(pendingIndex(plan))} ON ${quoted(table)} (pending, id) WHERE pending IS NOT NULL`,
  };
  return {
    table,
    revision: revisionColumn(plan),
    columns: columnsOf(plan),
    indexes: [pending, ...flat.map((index) => ({ name: indexObject(plan, index), sql: indexSql(plan, index) }))],
    sides: declared.filter((index) => index.isOverList).map((index) => side(plan, index)),
  };
}

function keyExpression(body: string, path: string): string {
  return path === 'id' && body !== 'body' ? body.replace('body', 'id') : `ifnull(${body} ->> '$.${path}', ${nothing})`;
}

function indexSql(plan: Plan, index: IndexPlan): string {
  const columns = index.fields.map((field) => quoted(keyColumn(field)));
  const first = columns[0] as string;
  // Ties are broken by id; a unique index has none.
  const all = index.isUnique || columns.includes(quoted('id')) ? columns : [...columns, 'id'];
  const where = index.isSparse ? ` WHERE ${first} > ${nothing}` : '';
  return `CREATE ${index.isUnique ? 'UNIQUE ' : ''}INDEX ${quoted(indexObject(plan, index))} ON ${quoted(plan.declaration.name)} (${all.join(', ')})${where}`;
}

/** A table of one row per distinct element, kept by triggers, so that whoever writes the body writes the index. */
function side(plan: Plan, index: IndexPlan): { name: string; statements: readonly string[] } {
  const name = indexObject(plan, index);
  const table = quoted(plan.declaration.name);
  const columns = index.fields.map((_, at) => sideColumn(at));
  const [list, ...others] = index.fields as [FieldPlan, ...FieldPlan[]];
  const rows = (row: string) => {
    const keys = others.map((field) => keyExpression(`${row}.body`, field.path));
    return `SELECT DISTINCT ${[`ifnull(each.value, ${nothing})`, ...keys].join(', ')}, ${row}.id`;
  };
  const into = `INSERT INTO ${quoted(name)} (${[...columns, 'id'].join(', ')})`;
  const add = `${into} ${rows('new')} FROM json_each(new.body, '$.${list.path}') AS each;`;
  const drop = `DELETE FROM ${quoted(name)} WHERE id = old.id;`;
  const changed = index.fields
    .map(({ path }) => `(old.body -> '$.${path}') IS NOT (new.body -> '$.${path}')`)
    .join(' OR ');
  const on = (event: string, act: string, when = '') =>
    `CREATE TRIGGER ${quoted(`${name}/${event}`)} AFTER ${event} ON ${table} ${when} BEGIN ${act} END`;
  const key = index.isUnique ? columns : [...columns, 'id'];
  return {
    name,
    statements: [
      `CREATE TABLE ${quoted(name)} (${columns.join(', ')}, id TEXT NOT NULL, PRIMARY KEY (${key.join(', ')})) WITHOUT ROWID`,
      `CREATE INDEX ${quoted(`${name}/id`)} ON ${quoted(name)} (id)`,
      on('INSERT', add),
      on('UPDATE', drop + add, `WHEN ${changed}`),
      on('DELETE', drop),
      `${into} ${rows('doc')} FROM ${table} AS doc, json_each(doc.body, '$.${list.path}') AS each`,
    ],
  };
}

/**
 * Creates what is missing, in one transaction that other processes wait for; drops indexes no longer declared. A table
 * that is laid out anew takes one of its own, so that what is done stays done.
 */
export function ensureTables(db: DatabaseSync, specs: readonly TableSpec[]): void {
  for (const spec of specs) if (layoutOf(db, spec) === 'another') inTransaction(db, () => ensureTable(db, spec));
  inTransaction(db, () => {
    for (const spec of specs) ensureTable(db, spec);
  });
}

function inTransaction(db: DatabaseSync, act: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    act();
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Columns that are written, of revisions and of indexes; none where there is no such table. */
export function ownColumns(db: DatabaseSync, table: string): readonly string[] {
  const sql = `SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 AND (name GLOB 'k.*' OR name GLOB 'rev*')`;
  return db
    .prepare(sql)
    .all(table)
    .map(({ name }) => String(name));
}

function layoutOf(db: DatabaseSync, { table, revision, columns }: TableSpec): 'absent' | 'as wanted' | 'another' {
  const there = new Set(ownColumns(db, table));
  if (there.size === 0) return 'absent';
  const wanted = [revision, ...columns.map(({ name }) => name)];
  return there.size === wanted.length && wanted.every((name) => there.has(name)) ? 'as wanted' : 'another';
}

function ensureTable(db: DatabaseSync, spec: TableSpec): void {
  const layout = layoutOf(db, spec);
  if (layout === 'absent') createTable(db, spec.table, spec);
  if (layout === 'another') rebuild(db, spec);
  const wanted = new Set([...spec.indexes, ...spec.sides].map((object) => object.name));
  const there = objectsOf(db, spec);
  for (const [name, type] of there) if (!wanted.has(name)) dropObject(db, name, type);
  for (const index of spec.indexes) if (!there.has(index.name)) db.exec(index.sql);
  for (const side of spec.sides) {
    if (there.has(side.name)) continue;
    for (const statement of side.statements) db.exec(statement);
  }
}

function createTable(db: DatabaseSync, name: string, { revision, columns }: TableSpec): void {
  const keys = columns.map((column) => `, ${quoted(column.name)} NOT NULL`).join('');
  const sql = `CREATE TABLE ${quoted(name)} (id TEXT NOT NULL PRIMARY KEY, ${quoted(revision)} INTEGER NOT NULL, pending INTEGER, body TEXT NOT NULL${keys})`;
  db.exec(sql);
}

/** Of a table that has other columns: an index came or went, or they are generated, as they once were. */
function rebuild(db: DatabaseSync, spec: TableSpec): void {
  const [table, anew] = [quoted(spec.table), `${spec.table}#new`];
  const before = ownColumns(db, spec.table).find((name) => name.startsWith('rev')) ?? spec.revision;
  for (const [name, type] of objectsOf(db, spec)) dropObject(db, name, type);
  createTable(db, anew, spec);
  const { columns } = spec;
  const into = ['id', quoted(spec.revision), 'pending', 'body', ...columns.map(({ name }) => quoted(name))];
  const from = ['id', quoted(before), 'pending', 'body', ...columns.map(({ expression }) => expression)];
  db.exec(`INSERT INTO ${quoted(anew)} (${into.join(', ')}) SELECT ${from.join(', ')} FROM ${table}`);
  db.exec(`DROP TABLE ${table}`);
  db.exec(`ALTER TABLE ${quoted(anew)} RENAME TO ${table}`);
}

/** Indexes and side tables that are there: name and type. */
function objectsOf(db: DatabaseSync, spec: TableSpec): ReadonlyMap<string, string> {
  const rows = db
    .prepare(
      `SELECT type, name FROM sqlite_schema WHERE type IN ('index', 'table') AND name GLOB ? AND name NOT GLOB '*/id'`,
    )
    .all(`${spec.table}/*`);
  return new Map(rows.map((row) => [String(row['name']), String(row['type'])]));
}

function dropObject(db: DatabaseSync, name: string, type: string): void {
  if (type === 'table') {
    for (const event of ['INSERT', 'UPDATE', 'DELETE']) db.exec(`DROP TRIGGER IF EXISTS ${quoted(`${name}/${event}`)}`);
  }
  db.exec(`DROP ${type} ${quoted(name)}`);
}
