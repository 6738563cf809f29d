import { randomBytes } from 'node:crypto';
import { canRunMongo, type MongoForTests, startMongo } from '../../scripts/mongodb-for-tests.ts';
import { aTown, type Town, type TownOptions } from './town.ts';

export type OpenTown = (options?: Omit<TownOptions, 'database'>) => Promise<Town>;

const given = process.env['MONGODB_URI'];
const isHere = given !== undefined || canRunMongo();

/** Declares the tests for two processes on one SQLite file, and for two on MongoDB where there is one (or CI). */
export function onBothDatabases(tests: (open: OpenTown) => void): void {
  describe('two nodes on one SQLite file', () => tests((options) => aTown(options)));
  onMongo((server) => tests((options) => aTown({ ...options, database: aDatabase(server()?.uri) })));
}

/** `server`: undefined inside tests where `MONGODB_URI` names one, which cannot be halted. */
export function onMongo(
  tests: (server: () => MongoForTests | undefined) => void,
  { canHalt = false, title = 'two nodes on MongoDB' } = {},
): void {
  if (!isHere && process.env['CI'] !== undefined)
    throw new Error(`untested: ${title}; set MONGODB_URI, or install python3`);
  const isRun = isHere && !(canHalt && given !== undefined);
  (isRun ? describe : describe.skip)(title, () => {
    let server: MongoForTests | undefined;
    beforeAll(async () => {
      if (given === undefined) server = await startMongo();
    });
    tests(() => server);
    // After those of the tests, which run in the order in which they are declared.
    afterAll(async () => await server?.stop());
  });
}

/** The address of a database that nobody uses yet. */
export function aDatabase(uri = given ?? ''): string {
  const address = new URL(uri);
  address.pathname = `/gatehouse_test_${randomBytes(6).toString('hex')}`;
  return address.href;
}
