import type { mongo } from 'mongoose';
import { GatehouseError } from '../../kernel/index.ts';
import type { Engine } from '../engine.ts';
import type { Kept } from '../kept.ts';
import { pendingSince } from '../outbox.ts';
import type { Doc } from '../port.ts';
import { schemaDeclaration } from '../schema-version.ts';
import type { Stored } from './collection.ts';
import type { MongoConnection } from './connection.ts';
import { pending, rev } from './keys.ts';

const pageSize = 500;
/** Counts the times that a snapshot was asked for: written to see whether a snapshot shows it. */
const theLook = 'look';

/** Whole documents in and out. A snapshot is frozen where the server can do that (a replica set, or shards). */
export function createMongoCopies(
  connection: MongoConnection,
): Pick<Engine, 'has' | 'count' | 'snapshot' | 'put' | 'clear'> {
  const db = () => connection.mongoose.getClient().db();
  const reach = <R>(name: string, act: (documents: mongo.Collection<Stored>) => Promise<R>): Promise<R> =>
    connection.reach(name, () => act(db().collection<Stored>(name)));

  /** A session in which every read sees the same moment, or undefined. */
  async function frozen(): Promise<mongo.ClientSession | undefined> {
    const session = connection.mongoose.getClient().startSession({ snapshot: true });
    const marks = db().collection<{ _id: string; looks: number }>(schemaDeclaration.name);
    const looksSeen = async () => (await marks.findOne({ _id: theLook }, { session }))?.looks;
    try {
      const before = await looksSeen();
      // The driver keeps the moment here, undeclared. A server that names one does not always keep to it: it is tried.
      if ((session as unknown as { snapshotTime?: unknown }).snapshotTime !== undefined) {
        await marks.updateOne({ _id: theLook }, { $inc: { looks: 1 } }, { upsert: true });
        if ((await looksSeen()) === before) return session;
      }
    } catch {
      // A single server refuses to, or this account may not write.
    }
    await session.endSession();
    return undefined;
  }

  return {
    has: ({ declaration: { name } }) =>
      connection.reach(name, () => db().listCollections({ name }, { nameOnly: true }).hasNext()),
    count: ({ declaration: { name } }) => reach(name, (documents) => documents.countDocuments({})),
    async snapshot() {
      const session = await connection.reach('snapshot', frozen);
      return {
        isFrozen: session !== undefined,
        async *pages({ declaration: { name } }, after = '') {
          for (let last = after; ; ) {
            const found = await reach(name, (documents) =>
              documents
                .find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: pageSize, ...(session && { session }) })
                .toArray(),
            );
            if (found.length > 0) yield found.map(keptOf);
            if (found.length < pageSize) return;
            last = found.at(-1)?._id ?? last;
          }
        },
        async close() {
          await session?.endSession();
        },
      };
    },
    async put({ declaration: { name } }, documents) {
      if (documents.length === 0) return;
      const writes = documents.map((kept) => ({
        replaceOne: { filter: { _id: kept.id }, replacement: storedOf(kept), upsert: true },
      }));
      const done = await reach(name, (native) => native.bulkWrite(writes));
      if (done.upsertedCount + done.matchedCount !== documents.length)
        throw new GatehouseError('internal', `${name}: not all documents were taken`);
    },
    clear: ({ declaration: { name } }) => reach(name, async (documents) => void (await documents.deleteMany({}))),
  };
}

function keptOf({ _id, [rev]: revision, [pending]: _pending, ...fields }: Stored): Kept {
  return { id: _id, rev: Number(revision), doc: { id: _id, ...fields } };
}

function storedOf({ rev: revision, doc }: Kept): Omit<Stored, '_id'> {
  const { id: _id, ...fields } = doc;
  const since = pendingSince(doc as unknown as Doc);
  return { ...fields, [rev]: revision, ...(since !== null && { [pending]: new Date(since) }) };
}
