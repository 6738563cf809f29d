import fc from 'fast-check';
import type { KeyPart, ListQuery } from '../../src/store/index.ts';
import type { OpenDatabase } from './engine-under-test.ts';
import { useThings } from './fixture.ts';
import { aThing, type Thing } from './things.ts';

type Query = Omit<ListQuery<Thing>, 'limit'> & { limit: number };

const byCodePoint = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const rankOf = (part: KeyPart) => (part === null ? 0 : typeof part === 'string' ? 2 : 1);

/** null, then numbers, false, true and instants, then strings by code point. */
function compare(a: KeyPart, b: KeyPart): number {
  if (rankOf(a) !== rankOf(b)) return rankOf(a) - rankOf(b);
  return typeof a === 'string' ? byCodePoint(a, b as string) : Number(a) - Number(b);
}

const fieldsOf = { label: ['label'], rank: ['rank', 'at'], at: ['at'], open: ['isOpen'] } as const;

/** What `list` promises, written down naively. */
function model(things: readonly Thing[], query: Query): string[] {
  const fields = fieldsOf[query.index as keyof typeof fieldsOf].map(
    (name) =>
      (thing: Thing): KeyPart =>
        thing[name] ?? null,
  );
  const equals = (query.equals ?? []).slice(1);
  const first = fields[equals.length];
  const found = things
    .filter((thing) => equals.every((part, at) => compare(fields[at]?.(thing) ?? null, part) === 0))
    .filter((thing) => {
      const value = first?.(thing) ?? null;
      if (query.prefix !== undefined) return typeof value === 'string' && value.startsWith(query.prefix);
      const { from, to } = query.range ?? {};
      if (from === undefined && to === undefined) return true;
      if (value === null || (from !== undefined && compare(value, from) < 0)) return false;
      return to === undefined || compare(value, to) < 0;
    })
    .filter((thing) => query.where?.(thing) ?? true);
  const order = (a: Thing, b: Thing) => {
    for (const field of fields) {
      const by = compare(field(a), field(b));
      if (by !== 0) return by;
    }
    return byCodePoint(a.id, b.id);
  };
  const sorted = found.sort(order).map(({ id }) => id);
  return query.reverse === true ? sorted.toReversed() : sorted;
}

const letter = fc.constantFrom('a', 'b', 'A', '%', '_', '.*', 'é', '￿', '😀', '\u{10ffff}', '\ud7ff', '\\', "'", '$');
const label = fc.array(letter, { maxLength: 3 }).map((letters) => letters.join(''));
const instant = fc.integer({ min: -3, max: 3 }).map((second) => new Date(second * 1000));
const rank = fc.constantFrom(-2.5, -1, 0, 0.5, 3, 1e15);
const fields = fc.record({
  label: fc.option(label, { nil: undefined }),
  rank: fc.option(rank, { nil: undefined }),
  at: instant,
  isOpen: fc.boolean(),
});
const range = <T extends KeyPart>(part: fc.Arbitrary<T>) =>
  fc.record({ from: part, to: part }, { requiredKeys: [] }).map((bounds) => ({ range: bounds }));
const narrowing = fc.oneof(
  fc.record({ index: fc.constant('label') }),
  fc.record({ index: fc.constant('label'), prefix: label }),
  fc.tuple(fc.constant({ index: 'label' }), range(label)).map(([index, bounds]) => ({ ...index, ...bounds })),
  label.map((text) => ({ index: 'label', more: [text] as KeyPart[] })),
  fc.tuple(fc.constant({ index: 'rank' }), range(rank)).map(([index, bounds]) => ({ ...index, ...bounds })),
  fc.tuple(rank, range(instant)).map(([value, bounds]) => ({ index: 'rank', more: [value] as KeyPart[], ...bounds })),
  fc.tuple(fc.constant({ index: 'at' }), range(instant)).map(([index, bounds]) => ({ ...index, ...bounds })),
  fc.boolean().map((isOpen) => ({ index: 'open', more: [isOpen] as KeyPart[] })),
);
const paging = fc.record({ limit: fc.integer({ min: 1, max: 7 }), reverse: fc.boolean(), isFiltered: fc.boolean() });

export function conformsInLists(openDatabase: OpenDatabase, numRuns: number): void {
  describe('lists', () => {
    const fixture = useThings(openDatabase);
    const allPages = async (query: Query) => {
      const ids: string[] = [];
      for (let after: string | undefined, page = 0; page < 200; page += 1) {
        const { items, next } = await fixture().things.list({ ...query, ...(after !== undefined && { after }) });
        expect(items.length).toBeLessThanOrEqual(query.limit);
        ids.push(...items.map(({ id }) => id));
        if (next === undefined) return ids;
        after = next;
      }
      throw new Error('pages without end');
    };

    it('give page by page what a filter and a sort in memory give', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fields, { maxLength: 25 }),
          fc.array(narrowing, { minLength: 4, maxLength: 4 }),
          paging,
          async (docs, queries, { limit, reverse, isFiltered }) => {
            run += 1;
            const realm = `run-${run}`;
            const things = docs.map((doc, at) => aThing({ ...doc, id: `${realm}-${(at * 7) % 25}`, realm }));
            if (things.length > 0) await fixture().things.insertMany(things);
            for (const { more = [], ...rest } of queries as { more?: KeyPart[]; index: string }[]) {
              const where = (thing: Thing) => thing.isOpen;
              const query: Query = { ...rest, equals: [realm, ...more], limit, reverse, ...(isFiltered && { where }) };
              expect(await allPages(query)).toStrictEqual(model(things, query));
            }
          },
        ),
        { numRuns },
      );
    });

    it('look at no more than ten documents for each they may return, and say how far they got', async () => {
      const { things } = fixture();
      await things.insertMany(Array.from({ length: 45 }, (_, at) => aThing({ realm: 'scan', rank: at })));
      let looked = 0;
      const query = {
        index: 'rank',
        equals: ['scan'],
        limit: 2,
        where: ({ rank: value }: Thing) => {
          looked += 1;
          return value === 44;
        },
      };
      const first = await things.list(query);
      expect(first.items).toStrictEqual([]);
      expect(looked).toBe(20);
      const second = await things.list({ ...query, after: first.next as string });
      expect([second.items, looked]).toStrictEqual([[], 40]);
      const third = await things.list({ ...query, after: second.next as string });
      expect(third.items.map((thing) => thing.rank)).toStrictEqual([44]);
      expect(third.next).toBeUndefined();
    });

    it('say there is no next page when the last one is just full', async () => {
      const { things } = fixture();
      await things.insertMany(Array.from({ length: 4 }, (_, at) => aThing({ realm: 'full', rank: at })));
      const first = await things.list({ index: 'rank', equals: ['full'], limit: 2 });
      const second = await things.list({ index: 'rank', equals: ['full'], limit: 2, after: first.next as string });
      expect([first.items.length, second.items.length, second.next]).toStrictEqual([2, 2, undefined]);
    });

    it('page through a list index, and through a whole collection by id and by prefix of id', async () => {
      const { things } = fixture();
      const made = Array.from({ length: 5 }, (_, at) => aThing({ id: `page/${at}`, tags: ['paged', `p${at}`] }));
      await things.insertMany(made);
      const ids = made.map(({ id }) => id);
      expect(await allPages({ index: 'tag', equals: ['paged'], limit: 2 })).toStrictEqual(ids);
      expect(await allPages({ index: 'id', prefix: 'page/', limit: 2, reverse: true })).toStrictEqual(ids.toReversed());
    });

    it('pass over nothing and repeat nothing when documents come and go between pages', async () => {
      const { things } = fixture();
      const made = Array.from({ length: 6 }, (_, at) => aThing({ id: `move-${at}`, realm: 'move', rank: at }));
      await things.insertMany(made);
      const first = await things.list({ index: 'rank', equals: ['move'], limit: 3 });
      await things.remove('move-2');
      await things.remove('move-0');
      await things.insert(aThing({ id: 'move-new', realm: 'move', rank: 0 }));
      const second = await things.list({ index: 'rank', equals: ['move'], limit: 9, after: first.next as string });
      expect(second.items.map(({ id }) => id)).toStrictEqual(['move-3', 'move-4', 'move-5']);
    });

    it('fault 34: refuse a key or bound that is no plain value', async () => {
      const { things } = fixture();
      const operator = { $ne: null } as unknown as string;
      const refused = { code: 'bad_request' };
      await expect(things.findBy('mail', [operator])).rejects.toMatchObject(refused);
      await expect(things.list({ index: 'at', equals: [operator], limit: 1 })).rejects.toMatchObject(refused);
      await expect(
        things.list({ index: 'at', equals: ['r'], range: { from: operator }, limit: 1 }),
      ).rejects.toMatchObject(refused);
      await expect(things.removeWhere({ index: 'at', equals: [operator], limit: 1 })).rejects.toMatchObject(refused);
    });

    it('work again after a filter has thrown', async () => {
      const { things } = fixture();
      await things.insertMany([aThing({ realm: 'throws' }), aThing({ realm: 'throws' })]);
      const query = { index: 'at', equals: ['throws'], limit: 5 };
      const where = () => {
        throw new Error('filter');
      };
      await expect(things.list({ ...query, where })).rejects.toThrow('filter');
      expect((await things.list(query)).items).toHaveLength(2);
    });

    it('return the selected fields and the id', async () => {
      const { things } = fixture();
      const thing = aThing({ realm: 'select', label: 'l', secret: 's' });
      await things.insert(thing);
      const listed = await things.list({
        index: 'label',
        equals: ['select'],
        select: ['label', 'at', 'secret'],
        limit: 1,
      });
      expect(listed.items).toStrictEqual([{ id: thing.id, label: 'l', at: thing.at, secret: 's' }]);
    });

    it.each([
      '',
      'nonsense',
      Buffer.from('[{"$ne":null},"x"]').toString('base64url'),
      Buffer.from('["x"]').toString('base64url'),
    ])('fault 34: refuse the made-up cursor %j', async (after) => {
      const refused = fixture().things.list({ index: 'at', equals: ['r'], limit: 1, after });
      await expect(refused).rejects.toMatchObject({ code: 'bad_request' });
    });
  });
}
