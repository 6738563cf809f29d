import type { Place } from '../cursor.ts';
import type { FieldPlan, IndexPlan, Plan } from '../plan.ts';
import type { KeyPart } from '../port.ts';
import type { Scan } from '../scan.ts';
import type { SqlValue } from './protocol.ts';
import { indexObject, keyColumn, nothing, pendingIndex, quoted, sideColumn } from './tables.ts';

export interface Query {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Rows of `body`, then a value for each field after `equals`, then `id`: the last ones are the row's place. */
export function scanQuery(plan: Plan, scan: Scan): Query {
  const source = sourceOf(plan, scan.index);
  const equals = scan.equals.length;
  const order = [...scan.rest.map((_, at) => source.column(equals + at)), source.id];
  const direction = scan.isReverse ? ' DESC' : '';
  const where = [...source.conditions, ...scan.equals.map((_, at) => `${source.column(at)} = ?`)];
  const values: SqlValue[] = scan.equals.map(keyValue);
  for (const bound of boundsOf(scan)) {
    where.push(`${order[0]} ${bound.compare} ?`);
    values.push(bound.value);
  }
  if (scan.after !== undefined) {
    const place = placeValues(scan.after);
    where.push(`(${order.join(', ')}) ${scan.isReverse ? '<' : '>'} (${order.map(() => '?').join(', ')})`);
    values.push(...place);
  }
  const unique = scan.index.isUnique && scan.rest.length > 0;
  // A unique key has no ties: naming the id would only make SQLite sort.
  const by = (unique ? order.slice(0, -1) : order).map((column) => column + direction).join(', ');
  return {
    sql: `SELECT ${source.body}, ${order.join(', ')} FROM ${source.from}${whereOf(where)} ORDER BY ${by} LIMIT ?`,
    values: [...values, scan.budget + 1],
  };
}

/** The one document whose unique key this is: `body`. */
export function keyQuery(plan: Plan, index: IndexPlan, key: readonly KeyPart[]): Query {
  const source = sourceOf(plan, index);
  const where = [...source.conditions, ...key.map((_, at) => `${source.column(at)} = ?`)];
  return { sql: `SELECT ${source.body} FROM ${source.from}${whereOf(where)} LIMIT 1`, values: key.map(keyValue) };
}

/** Rows of value and count. */
export function tallyQuery(plan: Plan, index: IndexPlan, equals: readonly KeyPart[]): Query {
  const source = sourceOf(plan, index, 'keys only');
  const column = source.column(equals.length);
  const where = [...source.conditions, ...equals.map((_, at) => `${source.column(at)} = ?`)];
  return {
    sql: `SELECT ${column}, count(*) FROM ${source.from}${whereOf(where)} GROUP BY 1`,
    values: equals.map(keyValue),
  };
}

export function removeWhereQuery(plan: Plan, index: IndexPlan, equals: readonly KeyPart[], limit: number): Query {
  const source = sourceOf(plan, index, 'keys only');
  const where = [...source.conditions, ...equals.map((_, at) => `${source.column(at)} = ?`)];
  return {
    sql: `DELETE FROM ${quoted(plan.declaration.name)} WHERE id IN (SELECT ${source.id} FROM ${source.from}${whereOf(where)} LIMIT ?)`,
    values: [...equals.map(keyValue), limit],
  };
}

/** Leaves alone what still has something to tell. */
export function removeExpiredQuery(plan: Plan, index: IndexPlan, before: Date, limit: number): Query {
  const source = sourceOf(plan, index);
  const where = [...source.conditions, `${source.column(0)} < ?`, 'pending IS NULL'];
  return {
    sql: `DELETE FROM ${quoted(plan.declaration.name)} WHERE id IN (SELECT id FROM ${source.from}${whereOf(where)} LIMIT ?)`,
    values: [before.getTime(), limit],
  };
}

export function pendingQuery(plan: Plan, limit: number): Query {
  const from = `${quoted(plan.declaration.name)} INDEXED BY ${quoted(pendingIndex(plan))}`;
  return { sql: `SELECT body FROM ${from} WHERE pending IS NOT NULL ORDER BY pending, id LIMIT ?`, values: [limit] };
}

export function keyValue(part: KeyPart): SqlValue {
  if (part === null) return Number.NEGATIVE_INFINITY;
  if (part instanceof Date) return part.getTime();
  return typeof part === 'boolean' ? Number(part) : part;
}

export function keyPart(value: unknown, field: FieldPlan): KeyPart {
  if (value === Number.NEGATIVE_INFINITY || value === null) return null;
  if (field.kind === 'date') return new Date(Number(value));
  return field.kind === 'boolean' ? value === 1 : (value as string | number);
}

/** Minus infinity becomes null on its way through JSON. */
export function placeOfRow(row: readonly unknown[]): Place {
  return row.slice(1) as Place;
}

function placeValues(place: Place): SqlValue[] {
  return place.map((value) => keyValue(value));
}

interface Source {
  readonly from: string;
  readonly body: string;
  readonly id: string;
  readonly conditions: readonly string[];
  column(at: number): string;
}

/** Where an index's columns are. Naming the index makes a plan that cannot use it an error instead of a slow query. */
function sourceOf(plan: Plan, index: IndexPlan, need: 'documents' | 'keys only' = 'documents'): Source {
  const table = quoted(plan.declaration.name);
  if (index.isOverList) {
    const side = `${quoted(indexObject(plan, index))} AS side`;
    return {
      from: need === 'documents' ? `${side} CROSS JOIN ${table} AS doc ON doc.id = side.id` : side,
      body: 'doc.body',
      id: 'side.id',
      conditions: [],
      column: (at) => `side.${sideColumn(at)}`,
    };
  }
  const column = (at: number) => quoted(keyColumn(index.fields[at] as FieldPlan));
  return {
    from: index.name === 'id' ? table : `${table} INDEXED BY ${quoted(indexObject(plan, index))}`,
    body: 'body',
    id: 'id',
    // The very words of the partial index, by which SQLite recognises it.
    conditions: index.isSparse ? [`${column(0)} > ${nothing}`] : [],
    column,
  };
}

function boundsOf(scan: Scan): { compare: string; value: SqlValue }[] {
  const { from, to } = scan;
  if (from === undefined && to === undefined) return [];
  const bounds: { compare: string; value: SqlValue }[] = [];
  const isText = typeof (from ?? to) === 'string';
  // A bound never reaches into null or into another type: numbers sort before text, and '' is the least text.
  if (from !== undefined) bounds.push({ compare: '>=', value: keyValue(from) });
  else bounds.push(isText ? { compare: '>=', value: '' } : { compare: '>', value: Number.NEGATIVE_INFINITY });
  if (to !== undefined) bounds.push({ compare: '<', value: keyValue(to) });
  else if (!isText) bounds.push({ compare: '<', value: '' });
  return bounds;
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}
