import type { OpenDatabase } from './engine-under-test.ts';
import { useThings } from './fixture.ts';
import { aThing } from './things.ts';

export function conformsInSealing(openDatabase: OpenDatabase): void {
  describe('sealed fields', () => {
    const fixture = useThings(openDatabase);

    it('are open to the room and sealed at rest, at every depth', async () => {
      const { things, database } = fixture();
      const thing = aThing({ secret: 'JBSWY3DPEHPK3PXP', inner: { code: 'hunter2' } });
      await things.insert(thing);
      expect(await things.get(thing.id)).toStrictEqual(thing);
      expect((await things.list({ index: 'at', equals: [thing.realm], limit: 500 })).items).toContainEqual(thing);
      expect(await database.rawField('things', thing.id, 'secret')).toMatch(/^test\.[\w-]{40,}$/);
      expect(await database.rawField('things', thing.id, 'inner.code')).toMatch(/^test\.[\w-]{40,}$/);
    });

    it('are sealed again, differently, by every write, and leave the caller’s document as it was', async () => {
      const { things, database } = fixture();
      const thing = aThing({ secret: 'same', inner: { code: 'same' } });
      await things.insert(thing);
      const before = await database.rawField('things', thing.id, 'secret');
      const updated = await things.update(thing.id, (seen) => ({ ...seen, rank: 1 }));
      expect(updated).toMatchObject({ ok: true, doc: { secret: 'same', inner: { code: 'same' } } });
      expect(thing).toMatchObject({ secret: 'same', inner: { code: 'same' } });
      const after = await database.rawField('things', thing.id, 'secret');
      expect(after).toMatch(/^test\./);
      expect(after).not.toBe(before);
      expect((await things.take(thing.id))?.secret).toBe('same');
    });

    it.each([
      ['another document', 'secret', 'secret', 'other'],
      ['another field', 'secret', 'inner.code', 'same'],
    ])('do not open when moved to %s', async (_, from, to, whose) => {
      const { things, database } = fixture();
      const [one, two] = [
        aThing({ secret: 'mine', inner: { code: 'c' } }),
        aThing({ secret: 'yours', inner: { code: 'c' } }),
      ];
      await things.insertMany([one, two]);
      const target = whose === 'other' ? two : one;
      const sealed = await database.rawField('things', one.id, from);
      await database.setRawField('things', target.id, to, String(sealed));
      await expect(things.get(target.id)).rejects.toMatchObject({ code: 'internal' });
    });
  });
}
