import { Duplicate } from '../../src/store/index.ts';
import type { OpenDatabase } from './engine-under-test.ts';
import { useThings } from './fixture.ts';
import { aThing, thingsNamed } from './things.ts';

export function conformsInIndexes(openDatabase: OpenDatabase): void {
  describe('indexes', () => {
    const fixture = useThings(openDatabase);
    const indexTaken = async (write: Promise<unknown>) => {
      const error = await write.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Duplicate);
      return (error as Duplicate).index;
    };

    it('find by a unique key, sparse or of several fields', async () => {
      const { things } = fixture();
      const thing = aThing({ realm: 'find', count: 7, label: 'x', mail: 'ann@example.com' });
      await things.insert(thing);
      expect(await things.findBy('mail', ['ann@example.com'])).toStrictEqual(thing);
      expect(await things.findBy('slot', ['find', 7, 'x'])).toStrictEqual(thing);
      expect(await things.findBy('slot', ['find', 8, 'x'])).toBeUndefined();
      expect(await things.findBy('id', [thing.id])).toStrictEqual(thing);
    });

    it('name the unique key that was taken, on insert, insertMany, update and upsert', async () => {
      const { things } = fixture();
      const [one, two] = [aThing({ mail: 'bo@example.com' }), aThing({ mail: 'cy@example.com' })];
      await things.insertMany([one, two]);
      expect(await indexTaken(things.insert(aThing({ mail: 'bo@example.com' })))).toBe('mail');
      expect(await indexTaken(things.insertMany([aThing({ mail: 'bo@example.com' })]))).toBe('mail');
      expect(await indexTaken(things.update(two.id, (seen) => ({ ...seen, mail: 'bo@example.com' })))).toBe('mail');
      expect(await indexTaken(things.upsert('three', () => aThing({ id: 'three', mail: 'bo@example.com' })))).toBe(
        'mail',
      );
      expect(await indexTaken(things.insert(aThing({ realm: one.realm, count: one.count })))).toBe('slot');
      expect((await things.get(two.id))?.mail).toBe('cy@example.com');
    });

    it('free a unique key when its document changes or goes', async () => {
      const { things } = fixture();
      const one = aThing({ mail: 'di@example.com' });
      await things.insert(one);
      await things.update(one.id, (thing) => ({ ...thing, mail: undefined }));
      const two = aThing({ mail: 'di@example.com' });
      await things.insert(two);
      await things.remove(two.id);
      await things.insert(aThing({ mail: 'di@example.com' }));
    });

    it('leave documents out of a sparse index', async () => {
      const { things } = fixture();
      await things.insertMany([aThing({ realm: 'sparse' }), aThing({ realm: 'sparse' })]);
      const listed = await things.list({ index: 'mail', limit: 100 });
      expect(listed.items.every((thing) => thing.mail !== undefined)).toBe(true);
    });

    it('hold null where a field is absent: it is found, sorts first, and is one value in a unique key', async () => {
      const { things } = fixture();
      const without = aThing({ realm: 'null', count: 1 });
      await things.insertMany([aThing({ realm: 'null', count: 2, label: '' }), without]);
      expect((await things.list({ index: 'label', equals: ['null', null], limit: 5 })).items).toStrictEqual([without]);
      expect((await things.list({ index: 'label', equals: ['null'], limit: 5 })).items[0]).toStrictEqual(without);
      expect(await indexTaken(things.insert(aThing({ realm: 'null', count: 1 })))).toBe('slot');
    });

    it('tell instants apart as time does, before and after 1970', async () => {
      const { things } = fixture();
      const instants = [
        '1969-12-31T23:59:59.999Z',
        '1970-01-01T00:00:00.000Z',
        '2001-09-09T01:46:40.001Z',
        '2286-11-20T17:46:40.000Z',
      ];
      for (const text of instants.toReversed()) await things.insert(aThing({ realm: 'time', at: new Date(text) }));
      const listed = await things.list({ index: 'at', equals: ['time'], limit: 9 });
      expect(listed.items.map(({ at }) => at.toISOString())).toStrictEqual(instants);
      const range = { from: new Date(instants[1] as string), to: new Date(instants[3] as string) };
      const middle = await things.list({ index: 'at', equals: ['time'], range, limit: 9 });
      expect(middle.items.map(({ at }) => at.toISOString())).toStrictEqual(instants.slice(1, 3));
    });

    it('count by the next field: strings, numbers, dates, booleans, null', async () => {
      const { things } = fixture();
      const at = new Date('2026-05-05T05:05:05Z');
      await things.insertMany([
        aThing({ realm: 'tally', label: 'a', rank: 1, at, isOpen: true }),
        aThing({ realm: 'tally', label: 'a', rank: 1, at, isOpen: false }),
        aThing({ realm: 'tally', rank: 2.5, at, isOpen: false }),
      ]);
      const tally = async (index: string, equals: (string | number)[] = ['tally']) => [
        ...(await things.tally({ index, equals })),
      ];
      expect(new Map(await tally('label'))).toStrictEqual(
        new Map([
          ['a', 2],
          [null, 1],
        ]),
      );
      expect(new Map(await tally('rank'))).toStrictEqual(
        new Map([
          [1, 2],
          [2.5, 1],
        ]),
      );
      expect(await tally('at')).toStrictEqual([[at, 3]]);
      expect(new Map(await tally('open'))).toStrictEqual(
        new Map([
          [true, 1],
          [false, 2],
        ]),
      );
      expect(await tally('rank', ['tally', 1])).toStrictEqual([[at, 2]]);
      expect((await things.tally({ index: 'open' })).get('tally')).toBe(3);
    });

    it('hold one entry for each distinct element of a list, and follow its changes', async () => {
      const { things } = fixture();
      const [one, two] = [aThing({ tags: ['blue', 'red', 'blue'] }), aThing({ tags: ['red'] })];
      await things.insertMany([one, two]);
      const tagged = async (tag: string) =>
        (await things.list({ index: 'tag', equals: [tag], limit: 9 })).items.map(({ id }) => id);
      expect(await tagged('red')).toStrictEqual([one.id, two.id]);
      expect(await tagged('blue')).toStrictEqual([one.id]);
      expect(await things.tally({ index: 'tag' })).toStrictEqual(
        new Map([
          ['blue', 1],
          ['red', 2],
        ]),
      );
      await things.update(one.id, (thing) => ({ ...thing, tags: ['green'] }));
      expect(await tagged('red')).toStrictEqual([two.id]);
      expect(await tagged('green')).toStrictEqual([one.id]);
      await things.remove(two.id);
      expect(await tagged('red')).toStrictEqual([]);
    });

    it('remove by key, no more than asked for', async () => {
      const { things } = fixture();
      await things.insertMany(Array.from({ length: 5 }, () => aThing({ realm: 'gone', isOpen: false, tags: ['bin'] })));
      await things.insert(aThing({ realm: 'gone', isOpen: true }));
      const query = { index: 'open', equals: ['gone', false] };
      expect(await things.removeWhere({ ...query, limit: 2 })).toBe(2);
      expect(await things.removeWhere({ index: 'tag', equals: ['bin'], limit: 1 })).toBe(1);
      expect(await things.removeWhere({ ...query, limit: 9 })).toBe(2);
      expect((await things.list({ index: 'at', equals: ['gone'], limit: 9 })).items).toHaveLength(1);
    });

    it('are filled when they are added later to documents that are there', async () => {
      const { database } = fixture();
      const bare = thingsNamed('later', { indexes: [] });
      const before = await database.open();
      const early = before.collection(bare);
      await before.bootstrap();
      const thing = aThing({ realm: 'later', tags: ['old'], mail: 'ed@example.com' });
      await early.insert(thing);
      const after = await database.open();
      const late = after.collection(thingsNamed('later'));
      await after.bootstrap();
      expect(await late.findBy('mail', ['ed@example.com'])).toStrictEqual(thing);
      expect((await late.list({ index: 'tag', equals: ['old'], limit: 2 })).items).toStrictEqual([thing]);
      expect(await indexTaken(late.insert(aThing({ mail: 'ed@example.com' })))).toBe('mail');
    });
  });
}
