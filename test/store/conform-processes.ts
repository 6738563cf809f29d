import type { Migration } from '../../src/store/index.ts';
import { type DatabaseUnderTest, type OpenDatabase, startBurst } from './engine-under-test.ts';
import { aThing, thingsNamed } from './things.ts';

export function conformsInProcesses(openDatabase: OpenDatabase): void {
  describe('processes', () => {
    let database: DatabaseUnderTest | undefined;
    afterEach(async () => {
      await database?.close();
      database = undefined;
    });

    async function open(migrations?: readonly Migration[]) {
      database ??= await openDatabase();
      const store = await database.open(migrations);
      const things = store.collection(thingsNamed('things'));
      await store.bootstrap();
      return { database, store, things };
    }

    it('F1: kill -9 in a burst loses nothing that was acknowledged', async () => {
      const { database: shared, things } = await open();
      const burst = startBurst(shared.address, 'insert', 'killed');
      await burst.said(300);
      burst.kill();
      await burst.ended;
      const { things: afterwards } = await open();
      expect(burst.lines.length).toBeGreaterThanOrEqual(300);
      const found = await Promise.all(burst.lines.map((id) => afterwards.get(id)));
      expect(burst.lines.filter((_, at) => found[at] === undefined)).toStrictEqual([]);
      await things.insert(aThing());
    });

    it('two processes on one database: every change counts', async () => {
      const { database: shared, things } = await open();
      await things.insert(aThing({ id: 'shared', count: 0 }));
      const burst = startBurst(shared.address, 'count', 'two');
      await burst.said(1);
      const mine = Array.from({ length: 50 }, () =>
        things.update('shared', (thing) => ({ ...thing, count: thing.count + 1 })),
      );
      await Promise.all(mine);
      expect(await burst.ended).toBe(0);
      expect(burst.lines).toHaveLength(51);
      expect((await things.get('shared'))?.count).toBe(100);
    });

    it('start together: every one bootstraps, migrations run once', async () => {
      await open([]);
      const ran: string[] = [];
      const migration: Migration = { why: 'a test', run: async () => void ran.push('ran') };
      await Promise.all(Array.from({ length: 4 }, () => open([migration])));
      expect(ran).toStrictEqual(['ran']);
    });

    it('migrate documents that are there, in order', async () => {
      const { things } = await open([]);
      await things.insert(aThing({ id: 'old', label: 'a' }));
      const add = (text: string): Migration => ({
        why: `adds ${text}`,
        async run(store) {
          const old = store.collection(thingsNamed('things'));
          await store.ensure();
          await old.update('old', (thing) => ({ ...thing, label: thing.label + text }));
        },
      });
      const { things: migrated } = await open([add('b'), add('c')]);
      expect((await migrated.get('old'))?.label).toBe('abc');
    });

    it.each([
      ['', 15_000],
      [', also when the clock was set back since', -3_600_000],
    ])('F9: migrate again what another began and did not finish, whether it failed or died%s', async (_, aheadMs) => {
      const { things } = await open([]);
      await things.insert(aThing({ id: 'old', label: 'a' }));
      const failing: Migration = { why: 'fails', run: () => Promise.reject(new Error('cut off')) };
      await expect(open([failing])).rejects.toThrow('cut off');
      const begun = new Promise<void>((resolve) => {
        const dying: Migration = { why: 'dies', run: () => new Promise<void>(() => resolve()) };
        void open([dying]);
      });
      await begun;
      const ran: string[] = [];
      const waiting = open([{ why: 'a test', run: async () => void ran.push('ran') }]);
      database?.clock.advance(aheadMs);
      await waiting;
      expect(ran).toStrictEqual(['ran']);
    });

    it('refuse a database that a newer program has written, and leave it as it is', async () => {
      await open([{ why: 'newer', run: async () => undefined }].flatMap((one) => [one, one]));
      await expect(open([{ why: 'older', run: async () => undefined }])).rejects.toThrow(
        /version 2, this program knows 1/,
      );
    });

    it('say that they are ready', async () => {
      const { store } = await open();
      expect(await store.isReady()).toBe(true);
    });
  });
}
