import { createHash } from 'node:crypto';
import type { IndexPlan, Plan } from '../plan.ts';
import type { KeyPart } from '../port.ts';

/** Fields of the engine's own in every stored document. */
export const rev = '_rev';
/** Date of the oldest thing to tell; absent when there is none. */
export const pending = '_pending';

export type Filter = Record<string, unknown>;

export const storedPath = (path: string) => (path === 'id' ? '_id' : path);

export interface MongoIndex {
  readonly name: string;
  readonly key: Record<string, 1>;
  readonly unique?: true;
  readonly partialFilterExpression?: Filter;
}

/** The definition is part of the name, so that a changed one is built anew. */
export function indexName(index: IndexPlan): string {
  const definition = JSON.stringify([index.fields, index.isUnique, index.isSparse]);
  return `${index.name}.${createHash('sha256').update(definition).digest('hex').slice(0, 8)}`;
}

export function indexesOf(plan: Plan): readonly MongoIndex[] {
  const declared = [...plan.indexes.values()].filter((index) => index.name !== 'id');
  const ours: MongoIndex = {
    name: '_pending.1',
    key: { [pending]: 1, _id: 1 },
    partialFilterExpression: { [pending]: { $exists: true } },
  };
  return [ours, ...declared.map(mongoIndex)];
}

function mongoIndex(index: IndexPlan): MongoIndex {
  const key: Record<string, 1> = {};
  for (const field of index.fields) key[storedPath(field.path)] = 1;
  // Ties are broken by id; a unique key has none.
  if (!index.isUnique) key['_id'] = 1;
  return {
    name: indexName(index),
    key,
    ...(index.isUnique && { unique: true as const }),
    ...(index.isSparse && { partialFilterExpression: sparseFilter(index) }),
  };
}

/** What a partial index and its queries have in common, by which the server recognises it. */
export function sparseFilter(index: IndexPlan): Filter {
  return index.isSparse ? { [storedPath(index.fields[0]?.path ?? 'id')]: { $exists: true } } : {};
}

export function equalsFilter(index: IndexPlan, equals: readonly KeyPart[]): Filter {
  const parts = index.fields
    .slice(0, equals.length)
    .map((field, at) => ({ [storedPath(field.path)]: { $eq: equals[at] } }));
  return all([sparseFilter(index), ...parts]);
}

/** `$and` of those that say something. */
export function all(filters: readonly Filter[]): Filter {
  const saying = filters.filter((filter) => Object.keys(filter).length > 0);
  return saying.length > 1 ? { $and: saying } : (saying[0] ?? {});
}
