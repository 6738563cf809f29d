import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { backUp } from '../../src/store/backup.ts';
import type { Copying } from '../../src/store/copying.ts';
import { createLeases, type Store } from '../../src/store/index.ts';
import { cancelMove, move } from '../../src/store/move.ts';
import { restore } from '../../src/store/restore.ts';
import type { DatabaseUnderTest, OpenDatabase } from './engine-under-test.ts';
import { aThing, type Thing, thingsNamed } from './things.ts';

/** Fails at the put after so many, as a process that is killed there. */
function dying(copying: Copying, puts: number): Copying {
  let left = puts;
  return {
    ...copying,
    collections: copying.collections,
    async put(collection, documents) {
      left -= 1;
      if (left < 0) throw new Error('killed');
      await copying.put(collection, documents);
    },
  };
}

/** Backup, restore and moving. `size`: documents, more than a page of 500. `openOther`: where to, when to another engine. */
export function conformsInCopying(
  openDatabase: OpenDatabase,
  size: number,
  openOther: OpenDatabase = openDatabase,
): void {
  describe('copying', () => {
    const databases: DatabaseUnderTest[] = [];
    let home = '';
    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'gatehouse-copying-'));
    });
    afterEach(async () => {
      await Promise.all(databases.splice(0).map((database) => database.close()));
      await rm(home, { recursive: true });
    });

    async function connect(database: DatabaseUnderTest) {
      const store = await database.open();
      const leases = createLeases({ store, clock: database.clock });
      return { database, store, leases, things: store.collection(thingsNamed('things')), clock: database.clock };
    }

    async function open(from: OpenDatabase) {
      const database = await from();
      databases.push(database);
      return await connect(database);
    }

    /** Documents with everything they can have; more than a page of them unless told. */
    async function filled(count = size) {
      const house = await open(openDatabase);
      await house.store.bootstrap();
      const { things, clock } = house;
      await things.insertMany(Array.from({ length: count - 3 }, (_, at) => aThing({ id: `t${at}`, label: `l${at}` })));
      await things.insert(
        aThing({
          ...{ id: 'rich', mail: 'mia@example.com', secret: 'battery staple', tags: ['b', 'a'], rank: 0.1 },
          inner: { code: 'inner staple', seenAt: clock.now() },
          proofs: [{ kind: 'otp', at: clock.now() }],
          visits: { $here: clock.now(), '10': clock.now(), 'a b': clock.now() },
          outbox: [{ id: 'o1', kind: 'audit', at: clock.now(), body: { $set: 1, $$x: [null, { $date: 5 }] } }],
        }),
      );
      await things.insert(aThing({ id: 'ünï/côde 🦊', label: 'ünï' }));
      await things.insert(aThing({ id: 'used', count: 5_000_000 }));
      await things.update('used', (thing) => ({ ...thing, count: 5_000_001 }));
      return house;
    }

    async function everything(store: Store): Promise<readonly unknown[]> {
      const things = store.collections().find(({ declaration }) => declaration.name === 'things');
      const all: unknown[] = [];
      let after: string | undefined;
      do {
        const page = await things?.list({ index: 'id', limit: 500, ...(after === undefined ? {} : { after }) });
        all.push(...(page?.items ?? []));
        after = page?.next;
      } while (after !== undefined);
      return all;
    }

    const file = () => join(home, 'x.backup');
    const isForced = false;

    it('F10: a backup restores every document as it was: dates, sealed fields, revisions, what it has to tell', async () => {
      const house = await filled();
      const backedUp = await backUp(house.store.copying, file(), house);
      expect(backedUp).toStrictEqual({ ok: true, documents: size });
      const other = await open(openOther);
      expect(await restore(other.store.copying, file(), { clock: house.clock, isForced })).toMatchObject({
        ...{ ok: true, documents: size, hasKeys: true },
      });
      await other.store.bootstrap();
      expect(await everything(other.store)).toStrictEqual(await everything(house.store));
      expect(await other.database.rawRevision('things', 'used')).toBe(
        await house.database.rawRevision('things', 'used'),
      );
      expect((await other.store.pending('things', 10)).map(({ id }) => id)).toStrictEqual(['rich']);
      expect((await other.things.findBy('mail', ['mia@example.com']))?.secret).toBe('battery staple');
      const tagged = await other.things.list({ index: 'tag', equals: ['a'], limit: 2 });
      expect(tagged.items.map(({ id }) => id)).toStrictEqual(['rich']);
      expect(await other.things.update('used', (thing) => (thing.count < 5_000_001 ? thing : undefined))).toMatchObject(
        {
          ok: false,
        },
      );
    });

    it('a backup holds no sealed value in clear, and leaves nothing beside it', async () => {
      const house = await filled(10);
      await backUp(house.store.copying, file(), house);
      const text = gunzipSync(await readFile(file())).toString();
      expect(text).toContain('mia@example.com');
      expect(text).not.toContain('staple');
      expect(await readdir(home)).toStrictEqual(['x.backup']);
      expect(await backUp(house.store.copying, file(), house)).toMatchObject({ ok: false, why: 'file' });
      expect(gunzipSync(await readFile(file())).toString()).toBe(text);
    });

    it('F10: a backup that is made during writes is one moment of the database: nothing without what came before it', async () => {
      const house = await filled();
      const writes: Promise<unknown>[] = [];
      let made = 0;
      // `a…` is read early and `z…` late, and `a…` was acknowledged before `z…` was asked for.
      const pair = async (at: number) => {
        await house.things.insert(aThing({ id: `a${at}`, label: `a${at}` }));
        await house.things.insert(aThing({ id: `z${at}`, label: `z${at}` }));
        await house.things.remove(`t${at}`);
        await house.things.update('used', (thing) => ({ ...thing, mail: `used${at}@example.com` }));
      };
      const progress = () => {
        for (let more = 0; more < 5; more += 1) writes.push(pair(made++));
      };
      expect(await backUp(house.store.copying, file(), { ...house, progress })).toMatchObject({ ok: true });
      await Promise.all(writes);
      const other = await open(openOther);
      expect(await restore(other.store.copying, file(), { ...house, isForced })).toMatchObject({ ok: true });
      const ids = new Set((await everything(other.store)).map((thing) => (thing as Thing).id));
      expect(made).toBeGreaterThanOrEqual(5);
      const torn = Array.from({ length: made }, (_, at) => at).filter(
        (at) => (ids.has(`z${at}`) && !ids.has(`a${at}`)) || (!ids.has(`t${at}`) && !ids.has(`z${at}`)),
      );
      expect(torn).toStrictEqual([]);
    });

    it('a snapshot that calls itself frozen shows nothing that came after it', async () => {
      const house = await filled();
      const snapshot = await house.store.copying.snapshot();
      await house.things.insert(aThing({ id: 'a later one' }));
      await house.things.remove('used');
      const seen: string[] = [];
      for await (const page of snapshot.pages('things')) seen.push(...page.map(({ id }) => id));
      await snapshot.close();
      expect(seen).toHaveLength(size);
      expect([seen.includes('used'), seen.includes('a later one')]).toStrictEqual([
        snapshot.isFrozen,
        !snapshot.isFrozen,
      ]);
    });

    it('a restore refuses a database that is not empty, and empties it when it is told to', async () => {
      const house = await filled(10);
      await backUp(house.store.copying, file(), house);
      await house.things.insert(aThing({ id: 'later' }));
      expect(await restore(house.store.copying, file(), { ...house, isForced })).toMatchObject({ why: 'not_empty' });
      expect(await house.things.get('later')).toBeDefined();
      expect(await restore(house.store.copying, file(), { ...house, isForced: true })).toMatchObject({ ok: true });
      expect(await house.things.get('later')).toBeUndefined();
      expect(await everything(house.store)).toHaveLength(10);
    });

    it('a restore that was cut off leaves a database that no server starts on, and is made good by another', async () => {
      const house = await filled();
      await backUp(house.store.copying, file(), house);
      const other = await open(openOther);
      const cutOff = restore(dying(other.store.copying, size > 500 ? 1 : 0), file(), { ...house, isForced });
      await expect(cutOff).rejects.toThrow('killed');
      await expect(other.store.bootstrap()).rejects.toMatchObject({ code: 'unavailable' });
      expect(await backUp(other.store.copying, join(home, 'y'), house)).toMatchObject({ why: 'closed' });
      expect(await restore(other.store.copying, file(), { ...house, isForced })).toMatchObject({ ok: true });
      await other.store.bootstrap();
      expect(await everything(other.store)).toStrictEqual(await everything(house.store));
    });

    it('neither restore nor move touches a database on which a server works, from the moment it stopped they do', async () => {
      const house = await filled(10);
      await backUp(house.store.copying, file(), house);
      const other = await open(openOther);
      await house.leases.hold('drain', 15);
      expect(await restore(house.store.copying, file(), { ...house, isForced: true })).toMatchObject({ why: 'served' });
      expect(await move(house.store.copying, other.store.copying, { ...house, isForced })).toMatchObject({
        why: 'served',
      });
      await house.store.bootstrap();
      await house.leases.release('drain');
      house.clock.advance(60_000);
      expect(await move(house.store.copying, other.store.copying, { ...house, isForced })).toMatchObject({ ok: true });
    });

    it('a move carries everything, closes the old database, and can be called off', async () => {
      const house = await filled();
      const before = await everything(house.store);
      const other = await open(openOther);
      expect(await move(house.store.copying, other.store.copying, { ...house, isForced })).toStrictEqual({
        ...{ ok: true, documents: size, hasKeys: true },
      });
      await other.store.bootstrap();
      expect(await everything(other.store)).toStrictEqual(before);
      await expect(house.store.bootstrap()).rejects.toThrow(/was moved to another database/);
      expect(await cancelMove(house.store.copying, { isForced })).toMatchObject({ ok: false });
      expect(await cancelMove(house.store.copying, { isForced: true })).toStrictEqual({ ok: true });
      await house.store.bootstrap();
    });

    it('a move that is cut off again and again goes on where it was, and both stay closed until it is done', async () => {
      const house = await filled();
      const before = await everything(house.store);
      const other = await open(openOther);
      const carried: number[] = [];
      for (let tries = 0; ; tries += 1) {
        const progress = (done: number) => carried.push(done);
        const to = dying(other.store.copying, 1);
        const moved = await move(house.store.copying, to, { ...house, isForced, progress }).catch(
          (error: Error) => error.message,
        );
        if (moved !== 'killed') {
          expect(moved).toMatchObject({ ok: true, documents: size });
          break;
        }
        expect(tries).toBeLessThan(10);
        await expect(house.store.bootstrap()).rejects.toThrow(/is being moved/);
        await expect(other.store.bootstrap()).rejects.toThrow(/not everything has arrived/);
      }
      const pages = Array.from({ length: Math.ceil(size / 500) }, (_, at) => Math.min((at + 1) * 500, size));
      expect(carried).toStrictEqual(pages);
      await other.store.bootstrap();
      expect(await everything(other.store)).toStrictEqual(before);
    });

    it('a move notices what was changed meanwhile, opens nothing, and is made good by another', async () => {
      const house = await filled();
      const other = await open(openOther);
      const unruly: Copying = {
        ...other.store.copying,
        collections: other.store.copying.collections,
        async put(collection, documents) {
          await other.store.copying.put(collection, documents);
          await house.things.update('t0', (thing) => ({ ...thing, rank: (thing.rank ?? 0) + 1 }));
        },
      };
      expect(await move(house.store.copying, unruly, { ...house, isForced })).toMatchObject({ why: 'differs' });
      await expect(house.store.bootstrap()).rejects.toThrow(/is being moved/);
      await expect(other.store.bootstrap()).rejects.toThrow(/not everything has arrived/);
      expect(await move(house.store.copying, other.store.copying, { ...house, isForced })).toMatchObject({ ok: true });
      await other.store.bootstrap();
      expect((await other.things.get('t0'))?.rank).toBe((await house.things.get('t0'))?.rank);
    });

    it('a move refuses itself as the target, one that is not empty, and nothing to move; the old database stays open', async () => {
      const house = await filled(10);
      const [again, other, empty] = [await connect(house.database), await open(openOther), await open(openDatabase)];
      expect(await move(house.store.copying, again.store.copying, { ...house, isForced })).toMatchObject({
        why: 'same',
      });
      await other.store.bootstrap();
      await other.things.insert(aThing({ id: 'theirs' }));
      expect(await move(house.store.copying, other.store.copying, { ...house, isForced })).toMatchObject({
        why: 'not_empty',
      });
      expect(await move(empty.store.copying, house.store.copying, { ...house, isForced })).toMatchObject({
        why: 'nothing',
      });
      await house.store.bootstrap();
      await other.store.bootstrap();
      expect(await move(house.store.copying, other.store.copying, { ...house, isForced: true })).toMatchObject({
        ok: true,
      });
      expect(await other.things.get('theirs')).toBeUndefined();
    });
  });
}
