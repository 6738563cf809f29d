import type { Connection } from 'mongoose';
import type { Plan } from '../plan.ts';
import { indexesOf } from './keys.ts';
import { modelOf } from './model.ts';

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const indexNotFound = 27;

/**
 * Creates the collection, then its indexes, and drops those no longer declared. Repeatable; when several nodes do it
 * together each finds what the others made.
 */
export async function ensureCollection(connection: Connection, plan: Plan): Promise<void> {
  const model = modelOf(connection, plan);
  await model.createCollection();
  const wanted = indexesOf(plan);
  const names = new Set(wanted.map((index) => index.name));
  const there = await model.listIndexes();
  const stale = there.filter((index) => index['name'] !== '_id_' && !names.has(String(index['name'])));
  const keyOf = (key: unknown) => JSON.stringify(key);
  const wantedKeys = new Set(wanted.map((index) => keyOf(index.key)));
  const drop = async (index: (typeof stale)[number]) =>
    void (await model.collection.dropIndex(String(index['name'])).catch(unless(indexNotFound)));
  // Two indexes on the same fields cannot stand side by side, so such a one goes first, any other last.
  for (const index of stale) if (wantedKeys.has(keyOf(index['key']))) await drop(index);
  await model.createIndexes();
  for (const index of stale) if (!wantedKeys.has(keyOf(index['key']))) await drop(index);
}

function unless(expected: number): (error: unknown) => undefined {
  return (error) => {
    if ((error as { code?: unknown }).code !== expected) throw error;
    return undefined;
  };
}
