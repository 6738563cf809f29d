import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import { canRunMongo, type MongoForTests, startMongo } from '../../scripts/mongodb-for-tests.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { aClock } from '../support/clock.ts';
import { aKeyring } from '../support/store.ts';
import { conformsInCopying } from './conform-copying.ts';
import { conformance } from './conformance.ts';
import type { DatabaseUnderTest } from './engine-under-test.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { aThing, thingsNamed } from './things.ts';

const given = process.env['MONGODB_URI'];
const isHere = given !== undefined || canRunMongo();
if (!isHere) {
  if (process.env['CI'] !== undefined)
    throw new Error('the MongoDB engine is untested: set MONGODB_URI, or install python3');
  console.warn(
    'test/store/mongodb.test.ts is left out: there is neither MONGODB_URI nor a python3 (3.10, with venv) to run a server with',
  );
}

let server: MongoForTests | undefined;
beforeAll(async () => {
  if (isHere && given === undefined) server = await startMongo();
});
afterAll(async () => await server?.stop());

async function openDatabase(): Promise<DatabaseUnderTest> {
  const address = new URL(given ?? server?.uri ?? '');
  address.pathname = `/gatehouse_test_${randomBytes(6).toString('hex')}`;
  const database = address.href;
  const clock = aClock();
  const stores: Store[] = [];
  const raw = await mongoose.createConnection(database, { heartbeatFrequencyMS: 500 }).asPromise();
  const documents = (collection: string) => raw.collection<{ _id: string; _rev?: number }>(collection);
  return {
    clock,
    address: { database, dataDir: '' },
    async open(migrations) {
      const store = await openStore({
        database,
        dataDir: '',
        keyring: aKeyring(),
        clock,
        ...(migrations && { migrations }),
      });
      stores.push(store);
      return store;
    },
    async rawField(collection, id, path) {
      let value: unknown = await documents(collection).findOne({ _id: id });
      for (const name of path.split('.')) value = (value as Record<string, unknown>)[name];
      return value;
    },
    rawRevision: async (collection, id) => Number((await documents(collection).findOne({ _id: id }))?._rev),
    setRawField: async (collection, id, path, value) =>
      void (await documents(collection).updateOne({ _id: id }, { $set: { [path]: value } })),
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await raw.dropDatabase();
      await raw.close();
    },
  };
}

const whereThereIsAServer = isHere ? describe : describe.skip;

whereThereIsAServer('with a server', () => {
  conformance('MongoDB', openDatabase, 12, 503);
  describe('from SQLite to MongoDB', () => {
    conformsInCopying(openSqliteDatabase, 30, openDatabase);
  });
  describe('from MongoDB to SQLite', () => {
    conformsInCopying(openDatabase, 30, openSqliteDatabase);
  });
});

const whereItCanBeHalted = isHere && given === undefined ? describe : describe.skip;

whereItCanBeHalted('the MongoDB engine', () => {
  let database: DatabaseUnderTest | undefined;
  afterEach(async () => {
    await server?.resume();
    await database?.close();
    database = undefined;
  });

  it('F2: is not ready and says unavailable while the server is away, and recovers without a restart', async () => {
    database = await openDatabase();
    const store = await database.open();
    const things = store.collection(thingsNamed('things'));
    await store.bootstrap();
    const thing = aThing();
    await things.insert(thing);
    await server?.halt();
    expect(await store.isReady()).toBe(false);
    await expect(things.get(thing.id)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(things.insert(aThing())).rejects.toMatchObject({ code: 'unavailable' });
    await server?.resume();
    await until(() => store.isReady());
    expect(await things.get(thing.id)).toStrictEqual(thing);
    await things.insert(aThing());
  });

  it('may be opened before its server is there', async () => {
    database = await openDatabase();
    await server?.halt();
    const store = await database.open();
    const things = store.collection(thingsNamed('things'));
    expect(await store.isReady()).toBe(false);
    await expect(store.bootstrap()).rejects.toMatchObject({ code: 'unavailable' });
    await server?.resume();
    await store.bootstrap();
    await things.insert(aThing({ id: 'later' }));
    expect((await things.get('later'))?.id).toBe('later');
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) if (await holds()) return;
  throw new Error('it never did');
}
