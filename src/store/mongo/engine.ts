import type { Engine, EngineOptions } from '../engine.ts';
import type { Plan } from '../plan.ts';
import type { Doc } from '../port.ts';
import { createMongoCollection, removeSome, type Stored } from './collection.ts';
import { createMongoConnection } from './connection.ts';
import { createMongoCopies } from './copies.ts';
import { ensureCollections } from './ensure.ts';
import { pending } from './keys.ts';

/** `address`: `mongodb://…`. Does not wait for the server: `isReady` says whether it is there. */
export async function openMongo(address: string, options: EngineOptions): Promise<Engine> {
  const connection = createMongoConnection(address);
  const readers = new Map<string, (stored: Stored) => Doc>();
  const db = () => connection.mongoose.getClient().db();

  return {
    isReady: () => connection.ping(),
    collection<T extends Doc>(plan: Plan<T>) {
      const collection = createMongoCollection(plan, connection, options);
      readers.set(plan.declaration.name, collection.read);
      return collection;
    },
    async ensure(plans) {
      await connection.reach('bootstrap', () => ensureCollections(db(), plans));
    },
    async pending({ declaration: { name } }, limit) {
      const read = readers.get(name);
      if (read === undefined) return [];
      const find = () =>
        db()
          .collection<Stored>(name)
          .find({ [pending]: { $exists: true } }, { sort: { [pending]: 1, _id: 1 }, limit })
          .toArray();
      return (await connection.reach(name, find)).map(read);
    },
    async removeExpired({ declaration: { name, expiry } }, before, limit) {
      if (expiry === undefined) return 0;
      const filter = {
        $and: [{ [expiry]: { $exists: true } }, { [expiry]: { $lt: before } }, { [pending]: { $exists: false } }],
      };
      return await connection.reach(name, () => removeSome(db().collection<Stored>(name), filter, limit));
    },
    async inspect() {
      // https://www.mongodb.com/docs/manual/reference/command/hello/
      const hello = await connection.reach('hello', () => db().command({ hello: 1 }));
      const time: unknown = hello.localTime;
      return {
        engine: 'mongodb',
        topology: topologyOf(hello),
        ...(time instanceof Date ? { time } : {}),
      };
    },
    ...createMongoCopies(connection),
    close: () => connection.close(),
  };
}

function topologyOf(hello: Readonly<Record<string, unknown>>): 'standalone' | 'replica set' | 'sharded cluster' {
  if (hello.msg === 'isdbgrid') return 'sharded cluster';
  return typeof hello.setName === 'string' ? 'replica set' : 'standalone';
}
