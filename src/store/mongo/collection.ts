import type { mongo } from 'mongoose';
import { createChange, type Found, firstRevision } from '../change.ts';
import { createCodec } from '../codec.ts';
import { cursorOf } from '../cursor.ts';
import type { EngineOptions } from '../engine.ts';
import { pendingSince } from '../outbox.ts';
import type { Plan } from '../plan.ts';
import { type Collection, type Doc, Duplicate, type KeyPart, type ListQuery, type Page } from '../port.ts';
import { indexOf, scanOf } from '../scan.ts';
import { picked, wantsSealed } from '../select.ts';
import type { MongoConnection } from './connection.ts';
import { equalsFilter, pending, rev, storedPath } from './keys.ts';
import { modelOf } from './model.ts';
import { placeOfDoc, scanFilter, scanSort } from './page.ts';

export type Stored = { _id: string } & Record<string, unknown>;

export function createMongoCollection<T extends Doc>(
  plan: Plan<T>,
  connection: MongoConnection,
  options: EngineOptions,
): Collection<T> & { readonly read: (stored: Stored) => T } {
  const { declaration } = plan;
  const { name } = declaration;
  const codec = createCodec(declaration, options.keyring);
  const model = modelOf(connection.mongoose, plan);
  // The driver's collection under the model: documents go in and out as they are, without casting.
  const native = model.collection as unknown as mongo.Collection<Stored>;
  const reach = <R>(act: (documents: typeof native) => Promise<R>): Promise<R> =>
    connection.reach(name, () => act(native));

  const readSealed = ({ _id, [rev]: _rev, [pending]: _pending, ...fields }: Stored) => ({ id: _id, ...fields });
  const read = (found: Stored): T => codec.toOpen(readSealed(found));
  const stored = (doc: T, revision: number): Stored => {
    const { id, ...fields } = codec.toSealed(doc);
    const since = pendingSince(doc);
    return { _id: id, ...fields, [rev]: revision, ...(since !== null && { [pending]: new Date(since) }) };
  };
  const announce = (...docs: readonly T[]): void => {
    if (docs.some((doc) => pendingSince(doc) !== null)) options.onOutbox();
  };

  const { update, upsert } = createChange<T, Found<T>>({
    collection: name,
    async read(id) {
      const found = await reach((documents) => documents.findOne({ _id: id }));
      return found === null ? undefined : { doc: read(found), rev: Number(found[rev]) };
    },
    async add(doc) {
      try {
        await reach((documents) => documents.insertOne(stored(doc, firstRevision())));
      } catch (error) {
        // Of two keys that are taken the server names either.
        const isThere =
          error instanceof Duplicate && (await reach((documents) => documents.findOne({ _id: doc.id }))) !== null;
        if (isThere) return false;
        throw error;
      }
      announce(doc);
      return true;
    },
    async replace(doc, { rev: revision }) {
      const { _id, ...fields } = stored(doc, revision + 1);
      const done = await reach((documents) => documents.replaceOne({ _id, [rev]: revision }, fields));
      if (done.matchedCount === 1) announce(doc);
      return done.matchedCount === 1;
    },
  });

  return {
    declaration,
    read,
    async get(id) {
      const found = await reach((documents) => documents.findOne({ _id: id }));
      return found === null ? undefined : read(found);
    },
    async findBy(index, key) {
      const by = indexOf(plan, index, key);
      if (!by.isUnique || key.length !== by.fields.length)
        throw new Error(`${name}.${index}: findBy wants a whole unique key`);
      const found = await reach((documents) => documents.findOne(equalsFilter(by, key)));
      return found === null ? undefined : read(found);
    },
    async list(query: ListQuery<T>): Promise<Page<T>> {
      const scan = scanOf(plan, query);
      const readEach = wantsSealed(declaration, query) ? read : (one: Stored) => readSealed(one) as unknown as T;
      return await reach(async (documents) => {
        const found = documents.find(scanFilter(scan), {
          sort: scanSort(scan),
          limit: scan.budget + 1,
          batchSize: query.limit + 1,
        });
        const items: T[] = [];
        let scanned = 0;
        let last: Stored | undefined;
        for await (const one of found) {
          // One more than wanted was asked for: that it is there says that there is a next page.
          if (last !== undefined && (items.length === query.limit || scanned === scan.budget)) {
            return { items, next: cursorOf(placeOfDoc(scan, last)) };
          }
          scanned += 1;
          last = one;
          const doc = readEach(one);
          if (query.where === undefined || query.where(doc)) items.push(picked(doc, query.select));
        }
        return { items };
      });
    },
    async tally({ index, equals = [] }) {
      const by = indexOf(plan, index, equals);
      const field = by.fields[equals.length];
      if (field === undefined) throw new Error(`${name}.${index}: no field is left to count by`);
      const path = `$${storedPath(field.path)}`;
      const perElement = by.isOverList && equals.length === 0;
      const value = perElement ? { $setUnion: [path, []] } : { $ifNull: [path, null] };
      const stages = [
        { $match: equalsFilter(by, equals) },
        { $project: { value } },
        ...(perElement ? [{ $unwind: '$value' }] : []),
        { $group: { _id: '$value', count: { $sum: 1 } } },
      ];
      const groups = await reach((documents) => documents.aggregate<{ _id: KeyPart; count: number }>(stages).toArray());
      return new Map(groups.map(({ _id, count }) => [_id, count]));
    },
    async insert(doc) {
      await reach((documents) => documents.insertOne(stored(doc, firstRevision())));
      announce(doc);
    },
    async insertMany(docs) {
      if (docs.length === 0) return;
      await reach((documents) => documents.insertMany(docs.map((doc) => stored(doc, firstRevision()))));
      announce(...docs);
    },
    update: (id, make) => update(id, make, true),
    upsert: (id, make) => upsert(id, make, true),
    async take(id) {
      const found = await reach((documents) => documents.findOneAndDelete({ _id: id }));
      return found === null ? undefined : read(found);
    },
    async remove(id) {
      return (await reach((documents) => documents.deleteOne({ _id: id }))).deletedCount === 1;
    },
    removeWhere: ({ index, equals, limit }) =>
      reach((documents) => removeSome(documents, equalsFilter(indexOf(plan, index, equals), equals), limit)),
  };
}

/** Finds so many, and removes those of them that still match. */
export async function removeSome(
  documents: mongo.Collection<Stored>,
  filter: Record<string, unknown>,
  limit: number,
): Promise<number> {
  const found = await documents.find(filter, { projection: { _id: 1 }, limit }).toArray();
  if (found.length === 0) return 0;
  const removed = await documents.deleteMany({ $and: [{ _id: { $in: found.map(({ _id }) => _id) } }, filter] });
  return removed.deletedCount;
}
