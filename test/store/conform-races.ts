import { Duplicate } from '../../src/store/index.ts';
import type { OpenDatabase } from './engine-under-test.ts';
import { useThings } from './fixture.ts';
import { aThing, thingsNamed } from './things.ts';

const racers = 50;
const race = async <R>(act: (racer: number) => Promise<R>) =>
  await Promise.all(Array.from({ length: racers }, (_, racer) => act(racer)));

export function conformsInRaces(openDatabase: OpenDatabase): void {
  describe(`${racers} racers`, () => {
    const fixture = useThings(openDatabase);

    it('on take: exactly one gets the document', async () => {
      const { things } = fixture();
      const thing = aThing();
      await things.insert(thing);
      const taken = await race(() => things.take(thing.id));
      expect(taken.filter((one) => one !== undefined)).toStrictEqual([thing]);
    });

    it('on remove: exactly one removed it', async () => {
      const { things } = fixture();
      const thing = aThing();
      await things.insert(thing);
      expect((await race(() => things.remove(thing.id))).filter(Boolean)).toHaveLength(1);
    });

    it('on update: every one counts', async () => {
      const { things } = fixture();
      const thing = aThing({ rank: 0 });
      await things.insert(thing);
      const updated = await race(() => things.update(thing.id, (seen) => ({ ...seen, rank: (seen.rank ?? 0) + 1 })));
      expect(updated.every(({ ok }) => ok)).toBe(true);
      expect((await things.get(thing.id))?.rank).toBe(racers);
      expect(new Set(updated.map((one) => (one.ok ? one.doc.rank : undefined))).size).toBe(racers);
    });

    it('on update that spends something: exactly one succeeds', async () => {
      const { things } = fixture();
      const thing = aThing({ isOpen: true });
      await things.insert(thing);
      const spent = await race(() =>
        things.update(thing.id, (seen) => (seen.isOpen ? { ...seen, isOpen: false } : undefined)),
      );
      expect(spent.filter(({ ok }) => ok)).toHaveLength(1);
    });

    it('on update over two connections: every one counts', async () => {
      const { things, database } = fixture();
      const store = await database.open();
      const others = store.collection(thingsNamed('things'));
      await store.bootstrap();
      const thing = aThing({ rank: 0 });
      await things.insert(thing);
      await race((racer) =>
        (racer % 2 === 0 ? things : others).update(thing.id, (seen) => ({ ...seen, rank: (seen.rank ?? 0) + 1 })),
      );
      expect((await others.get(thing.id))?.rank).toBe(racers);
    });

    it('on upsert: one makes it, every one counts', async () => {
      const { things } = fixture();
      const first = aThing({ rank: 1 });
      const upserted = await race(() =>
        things.upsert(first.id, (seen) => (seen === undefined ? first : { ...seen, rank: (seen.rank ?? 0) + 1 })),
      );
      expect(upserted.every(({ ok }) => ok)).toBe(true);
      expect((await things.get(first.id))?.rank).toBe(racers);
    });

    it('on upsert over two connections: one makes it, every one counts', async () => {
      const { things, database } = fixture();
      const store = await database.open();
      const others = store.collection(thingsNamed('things'));
      await store.bootstrap();
      const first = aThing({ rank: 1 });
      await race((racer) =>
        (racer % 2 === 0 ? things : others).upsert(first.id, (seen) =>
          seen === undefined ? first : { ...seen, rank: (seen.rank ?? 0) + 1 },
        ),
      );
      expect((await things.get(first.id))?.rank).toBe(racers);
    });

    it('on insert of one id: exactly one is in', async () => {
      const { things } = fixture();
      const thing = aThing();
      const inserted = await race((racer) =>
        things.insert({ ...thing, rank: racer }).then(
          () => racer,
          (error: unknown) => error,
        ),
      );
      const winners = inserted.filter((one) => typeof one === 'number');
      expect(winners).toHaveLength(1);
      expect(inserted.filter((one) => one instanceof Duplicate)).toHaveLength(racers - 1);
      expect((await things.get(thing.id))?.rank).toBe(winners[0]);
    });

    it('on insert of one unique key under ids of their own: exactly one is in', async () => {
      const { things } = fixture();
      const inserted = await race((racer) =>
        things.insert(aThing({ id: `racer-${racer}`, mail: 'race@example.com' })).then(
          () => true,
          () => false,
        ),
      );
      expect(inserted.filter(Boolean)).toHaveLength(1);
      expect((await things.findBy('mail', ['race@example.com']))?.id).toBe(`racer-${inserted.indexOf(true)}`);
    });

    it('are not undone by others that are refused in the same group', async () => {
      const { things } = fixture();
      const taken = aThing();
      await things.insert(taken);
      const inserted = await race((racer) =>
        things.insert(aThing(racer % 2 === 0 ? { id: `group-${racer}` } : { id: taken.id })).then(
          () => true,
          () => false,
        ),
      );
      const there = await race((racer) => things.get(`group-${racer}`));
      expect(inserted.map((isIn, racer) => isIn === (there[racer] !== undefined))).not.toContain(false);
      expect(inserted.filter(Boolean)).toHaveLength(racers / 2);
    });
  });
}
