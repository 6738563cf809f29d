import type { mongo } from 'mongoose';
import type { Plan } from '../plan.ts';
import { indexesOf, type MongoIndex } from './keys.ts';

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const indexNotFound = 27;

/** As many collections at once: a server far away answers them together, and one that is weak is not overrun. */
const atOnce = 8;

/**
 * Creates collections with their indexes, and drops indexes no longer declared. Repeatable; when several nodes do it
 * together each finds what the others made. What is there already costs one question for all collections and one for the
 * indexes of each; what is not, one command, by which the server makes a collection and all its indexes.
 */
export async function ensureCollections(db: mongo.Db, plans: readonly Plan[]): Promise<void> {
  const listed = await db.listCollections({}, { nameOnly: true }).toArray();
  const there = new Set(listed.map(({ name }) => name));
  const waiting = plans.values();
  const lane = async () => {
    for (const plan of waiting) await ensureIndexes(db, plan, there.has(plan.declaration.name));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

async function ensureIndexes(db: mongo.Db, plan: Plan, isThere: boolean): Promise<void> {
  const collection = db.collection(plan.declaration.name);
  const wanted = indexesOf(plan);
  const found = isThere ? await collection.listIndexes().toArray() : [];
  const names = new Set(wanted.map(({ name }) => name));
  const stale = found.filter(({ name }) => name !== '_id_' && !names.has(String(name)));
  const missing = wanted.filter(({ name }) => !found.some((index) => index['name'] === name));
  const takes = (key: unknown) => missing.some((index) => JSON.stringify(index.key) === JSON.stringify(key));
  const drop = async (index: (typeof stale)[number]) =>
    void (await collection.dropIndex(String(index['name'])).catch(unless(indexNotFound)));
  // Two indexes on the same fields cannot stand side by side, so such a one goes first, any other last.
  for (const index of stale) if (takes(index['key'])) await drop(index);
  if (missing.length > 0) await collection.createIndexes(missing.map(described));
  for (const index of stale) if (!takes(index['key'])) await drop(index);
}

const described = ({ name, key, unique, partialFilterExpression }: MongoIndex): mongo.IndexDescription => ({
  ...{ name, key },
  ...(unique && { unique }),
  ...(partialFilterExpression && { partialFilterExpression }),
});

function unless(expected: number): (error: unknown) => undefined {
  return (error) => {
    if ((error as { code?: unknown }).code !== expected) throw error;
    return undefined;
  };
}
