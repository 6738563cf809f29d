import { GatehouseError } from '../kernel/index.ts';
import { type Place, placeOf } from './cursor.ts';
import type { FieldPlan, IndexPlan, Plan } from './plan.ts';
import type { Doc, KeyPart, ListQuery } from './port.ts';

/** A query resolved against its index: what both engines translate. */
export interface Scan {
  readonly index: IndexPlan;
  readonly equals: readonly KeyPart[];
  /** The fields after `equals`: the order of the page. */
  readonly rest: readonly FieldPlan[];
  /** On the first of `rest`; never matches null, nor a value of another type. */
  readonly from?: KeyPart;
  readonly to?: KeyPart;
  readonly after?: Place;
  /** Documents to look at, at most. */
  readonly budget: number;
  readonly isReverse: boolean;
}

/** A call looks at most at so many documents for each one it may return. */
const scannedPerItem = 10;

export function scanOf<T extends Doc>(plan: Plan<T>, query: ListQuery<T>): Scan {
  const equals = query.equals ?? [];
  const index = indexOf(plan, query.index, equals);
  const rest = index.fields.slice(equals.length);
  const { from, to } = boundsOf(query);
  if ((from !== undefined || to !== undefined) && rest.length === 0) {
    throw new Error(`${plan.declaration.name}.${query.index}: no field is left for a prefix or range`);
  }
  // Its order would be one of entries, and a document has many.
  if (index.isOverList && equals.length === 0)
    throw new Error(`${plan.declaration.name}.${query.index}: name the element`);
  if (![from, to].every((bound) => bound === undefined || isKeyPart(bound))) {
    throw new GatehouseError('bad_request', `${plan.declaration.name}.${query.index}: a bound is a plain value`);
  }
  if (!Number.isInteger(query.limit) || query.limit < 1) throw new Error('limit is a whole number from 1');
  return {
    index,
    equals,
    rest,
    budget: query.where === undefined ? query.limit : query.limit * scannedPerItem,
    isReverse: query.reverse === true,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(query.after !== undefined && { after: placeOf(query.after, rest.length + 1) }),
  };
}

export function indexOf(plan: Plan, name: string, equals: readonly KeyPart[]): IndexPlan {
  const index = plan.indexes.get(name);
  if (index === undefined) throw new Error(`${plan.declaration.name} has no index ${name}`);
  // A query is made of plain values, whatever its caller was given by a stranger.
  if (!equals.every(isKeyPart))
    throw new GatehouseError('bad_request', `${plan.declaration.name}.${name}: a key is plain values`);
  if (equals.length > index.fields.length)
    throw new Error(`${plan.declaration.name}.${name} has ${index.fields.length} fields`);
  return index;
}

function isKeyPart(value: unknown): boolean {
  return value === null || value instanceof Date || ['string', 'number', 'boolean'].includes(typeof value);
}

function boundsOf(query: Pick<ListQuery<Doc>, 'prefix' | 'range'>): { from?: KeyPart; to?: KeyPart } {
  if (query.prefix !== undefined) {
    if (query.range !== undefined) throw new Error('a prefix or a range, not both');
    const end = afterPrefix(query.prefix);
    return { from: query.prefix, ...(end !== undefined && { to: end }) };
  }
  const { from, to } = query.range ?? {};
  return { ...(from !== undefined && from !== null && { from }), ...(to !== undefined && to !== null && { to }) };
}

/** The least string, by code points, that is greater than every string with this prefix. */
export function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix.toWellFormed()];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) as number;
    // U+D800 to U+DFFF are no characters.
    if (point < 0x10ffff) return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}
