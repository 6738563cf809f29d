import type { Place } from '../cursor.ts';
import type { FieldPlan } from '../plan.ts';
import type { Scan } from '../scan.ts';
import { all, equalsFilter, type Filter, storedPath } from './keys.ts';

type Stored = Record<string, unknown>;

export function scanFilter(scan: Scan): Filter {
  const first = scan.rest[0];
  const filters = [equalsFilter(scan.index, scan.equals)];
  if (first !== undefined) {
    const path = storedPath(first.path);
    // The server compares within one type: null and other types stay out.
    if (scan.from !== undefined) filters.push({ [path]: { $gte: scan.from } });
    if (scan.to !== undefined) filters.push({ [path]: { $lt: scan.to } });
  }
  if (scan.after !== undefined) filters.push(beyond(scan, scan.after));
  return all(filters);
}

export function scanSort(scan: Scan): [string, 1 | -1][] {
  const direction = scan.isReverse ? -1 : 1;
  const paths = scan.rest.map((field) => storedPath(field.path));
  // A unique key has no ties: naming the id would only make the server sort.
  if (!scan.index.isUnique || paths.length === 0) paths.push('_id');
  return paths.map((path) => [path, direction]);
}

/** Where a stored document stands in the index: dates as milliseconds. */
export function placeOfDoc(scan: Scan, stored: Stored): Place {
  const values = scan.rest.map((field) => {
    const value = valueAt(stored, storedPath(field.path));
    return value instanceof Date ? value.getTime() : ((value ?? null) as Place[number]);
  });
  return [...values, String(stored['_id'])];
}

/** After the place, field by field: the same up to here and then further on, by id in the end. */
function beyond(scan: Scan, place: Place): Filter {
  const fields: readonly FieldPlan[] = [...scan.rest, { path: 'id', kind: 'plain' }];
  const same: Filter[] = [];
  const ways: Filter[] = [];
  for (const [at, field] of fields.entries()) {
    const path = storedPath(field.path);
    const value = valueOf(place[at] ?? null, field);
    const further = scan.isReverse ? before(path, value) : after(path, value);
    if (further !== undefined) ways.push(all([...same, further]));
    same.push({ [path]: { $eq: value } });
  }
  return { $or: ways };
}

/** Null and absent come first, and the server's comparisons do not cross types. */
function after(path: string, value: unknown): Filter {
  return value === null ? { [path]: { $ne: null } } : { [path]: { $gt: value } };
}

function before(path: string, value: unknown): Filter | undefined {
  return value === null ? undefined : { $or: [{ [path]: { $lt: value } }, { [path]: { $eq: null } }] };
}

function valueOf(value: Place[number], field: FieldPlan): unknown {
  return field.kind === 'date' && typeof value === 'number' ? new Date(value) : value;
}

function valueAt(stored: Stored, path: string): unknown {
  let value: unknown = stored;
  for (const name of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Stored)[name] : undefined;
  return value;
}
