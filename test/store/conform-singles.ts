import { Duplicate } from '../../src/store/index.ts';
import type { OpenDatabase } from './engine-under-test.ts';
import { useThings } from './fixture.ts';
import { aThing, type Thing } from './things.ts';

export function conformsInSingles(openDatabase: OpenDatabase): void {
  describe('one document', () => {
    const fixture = useThings(openDatabase);

    it('comes back as it went in: dates are dates, at every depth, and what is undefined is absent', async () => {
      const { things } = fixture();
      const proofs = [{ kind: 'password', at: new Date('1969-12-31T23:59:59.999Z') }];
      const thing = aThing({
        label: 'naïve 😀 "quoted" \u0000 end',
        rank: undefined,
        inner: { seenAt: new Date(0), code: undefined },
        proofs,
      });
      await things.insert(thing);
      const found = await things.get(thing.id);
      const { rank: _, ...kept } = thing;
      expect(found).toStrictEqual({ ...kept, inner: { seenAt: new Date(0) } });
    });

    it('keeps the keys of a record whatever they are, and its dates', async () => {
      const { things } = fixture();
      const visits = { 'a.b': new Date(1), $set: new Date(2), '': new Date(3), 'ä "1"': new Date(4) };
      const thing = aThing({ visits });
      await things.insert(thing);
      expect(await things.get(thing.id)).toStrictEqual(thing);
      await things.update(thing.id, (seen) => ({ ...seen, visits: { ...seen.visits, $inc: new Date(5) } }));
      expect((await things.get(thing.id))?.visits).toStrictEqual({ ...visits, $inc: new Date(5) });
    });

    it('is absent under any other id', async () => {
      expect(await fixture().things.get('nobody')).toBeUndefined();
    });

    it('is refused when its id is taken, and the first stays', async () => {
      const { things } = fixture();
      const thing = aThing({ label: 'first' });
      await things.insert(thing);
      const refused = await things
        .insert({ ...aThing(), id: thing.id, label: 'second' })
        .catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Duplicate);
      expect((refused as Duplicate).index).toBe('id');
      expect((await things.get(thing.id))?.label).toBe('first');
    });

    it('is refused when it does not have its declared shape, without its values in the message', async () => {
      const { things } = fixture();
      const wrong = { ...aThing({ id: 'wrong' }), count: 'sesame' } as unknown as Thing;
      const refused = await things.insert(wrong).catch((error: unknown) => error);
      expect(String(refused)).toMatch(/things: document does not have its declared shape: count/);
      expect(String(refused)).not.toContain('sesame');
      expect(await things.get('wrong')).toBeUndefined();
    });

    it('changes by update, which says what became of it', async () => {
      const { things } = fixture();
      const thing = aThing({ rank: 1 });
      await things.insert(thing);
      const updated = await things.update(thing.id, (seen) => ({ ...seen, rank: 2 }));
      expect(updated).toStrictEqual({ ok: true, doc: { ...thing, rank: 2 } });
      expect(await things.get(thing.id)).toStrictEqual({ ...thing, rank: 2 });
    });

    it('stays as it was when the change refuses, returns the same object, or throws', async () => {
      const { things } = fixture();
      const thing = aThing();
      await things.insert(thing);
      expect(await things.update(thing.id, () => undefined)).toStrictEqual({ ok: false, why: 'refused' });
      expect(await things.update(thing.id, (seen) => seen)).toStrictEqual({ ok: true, doc: thing });
      const thrown = things.update(thing.id, () => {
        throw new Error('no');
      });
      await expect(thrown).rejects.toThrow('no');
      expect(await things.get(thing.id)).toStrictEqual(thing);
      expect((await things.update(thing.id, (seen) => ({ ...seen, rank: 9 }))).ok).toBe(true);
    });

    it('cannot be updated when it is absent', async () => {
      expect(await fixture().things.update('nobody', (seen) => seen)).toStrictEqual({ ok: false, why: 'absent' });
    });

    it('keeps its id', async () => {
      const { things } = fixture();
      const thing = aThing();
      await things.insert(thing);
      await expect(things.update(thing.id, (seen) => ({ ...seen, id: 'another' }))).rejects.toThrow(/id/);
    });

    it('is made by upsert when absent, changed when there, left alone when refused', async () => {
      const { things } = fixture();
      const thing = aThing();
      const upsert = () =>
        things.upsert(thing.id, (seen) => (seen === undefined ? thing : { ...seen, rank: (seen.rank ?? 0) + 1 }));
      expect(await things.upsert(thing.id, () => undefined)).toStrictEqual({ ok: false, why: 'refused' });
      expect(await things.get(thing.id)).toBeUndefined();
      expect(await upsert()).toStrictEqual({ ok: true, doc: thing });
      expect(await upsert()).toStrictEqual({ ok: true, doc: { ...thing, rank: 1 } });
    });

    it('goes with take, which returns it, and with remove, which says whether there was one', async () => {
      const { things } = fixture();
      const [one, two] = [aThing(), aThing()];
      await things.insertMany([one, two]);
      expect(await things.take(one.id)).toStrictEqual(one);
      expect(await things.take(one.id)).toBeUndefined();
      expect(await things.remove(two.id)).toBe(true);
      expect(await things.remove(two.id)).toBe(false);
      expect(await things.get(two.id)).toBeUndefined();
    });

    it('has another revision when it is inserted again: a change of the one before does not hit it', async () => {
      const { things, database } = fixture();
      const thing = aThing();
      await things.insert(thing);
      const before = await database.rawRevision('things', thing.id);
      await things.take(thing.id);
      await things.insert(thing);
      expect(await database.rawRevision('things', thing.id)).not.toBe(before);
    });

    it('inserts many: more than one transaction takes, and a taken key is an error', async () => {
      const { things } = fixture();
      const many = Array.from({ length: 1_200 }, (_, at) => aThing({ id: `many-${at}`, realm: 'many' }));
      await things.insertMany(many);
      expect((await things.list({ index: 'at', equals: ['many'], limit: 2_000 })).items).toHaveLength(1_200);
      await expect(things.insertMany([aThing(), { ...aThing(), id: 'many-7' }])).rejects.toBeInstanceOf(Duplicate);
    });
  });
}
