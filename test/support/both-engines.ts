import { randomBytes } from 'node:crypto';
import { canRunMongo, type MongoForTests, startMongo } from '../../scripts/mongodb-for-tests.ts';
import { type OpenedStore, openStore } from '../../src/store/index.ts';
import { aClock, type SettableClock } from './clock.ts';
import { aKeyring, aStore, type StoreForTests } from './store.ts';

const given = process.env['MONGODB_URI'];
const hasMongo = given !== undefined || canRunMongo();

/** An empty database of its own each time. */
export type OpenStoreForTests = (clock?: SettableClock) => Promise<StoreForTests>;

/** Declares the tests for SQLite, and for MongoDB where there is one (or CI). */
export function onBothEngines(tests: (open: OpenStoreForTests) => void): void {
  describe('on SQLite', () => tests((clock) => aStore(clock)));
  if (!hasMongo && process.env['CI'] !== undefined) throw new Error('set MONGODB_URI, or install python3');
  (hasMongo ? describe : describe.skip)('on MongoDB', () => {
    let server: MongoForTests | undefined;
    beforeAll(async () => {
      if (given === undefined) server = await startMongo();
    }, 180_000);
    afterAll(async () => await server?.stop());
    tests(async (clock = aClock()) => {
      const address = new URL(given ?? server?.uri ?? '');
      address.pathname = `/gatehouse_test_${randomBytes(6).toString('hex')}`;
      const keyring = aKeyring();
      const elsewhere = async () => {
        const store = await openStore({ database: address.href, dataDir: '', keyring, clock });
        stores.push(store);
        return store;
      };
      const stores: OpenedStore[] = [];
      const store = await elsewhere();
      const close = async () => void (await Promise.all(stores.map((each) => each.close())));
      return { store, clock, keyring, dataDir: '', elsewhere, close };
    });
  });
}
