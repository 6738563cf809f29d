import type { Collection, Store } from '../../src/store/index.ts';
import type { DatabaseUnderTest, OpenDatabase } from './engine-under-test.ts';
import { type Thing, thingsNamed } from './things.ts';

/** A database with the collection `things` for the tests of one `describe`. */
export interface Fixture {
  readonly database: DatabaseUnderTest;
  readonly store: Store;
  readonly things: Collection<Thing>;
}

export function useThings(openDatabase: OpenDatabase): () => Fixture {
  let fixture: Fixture | undefined;
  beforeAll(async () => {
    const database = await openDatabase();
    const store = await database.open();
    const things = store.collection(thingsNamed('things'));
    await store.bootstrap();
    fixture = { database, store, things };
  });
  afterAll(async () => await fixture?.database.close());
  return () => {
    if (fixture === undefined) throw new Error('no database');
    return fixture;
  };
}
