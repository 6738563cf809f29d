import fc from 'fast-check';
import { z } from 'zod';
import { createDateCodec } from '../../src/store/dates.ts';
import type { Declaration, Doc } from '../../src/store/index.ts';
import { planOf } from '../../src/store/plan.ts';

interface Node extends Doc {
  readonly at: Date;
  readonly children: readonly Node[];
}

const node: z.ZodType<Node> = z.object({
  id: z.string(),
  at: z.date(),
  get children() {
    return z.array(node);
  },
});

const shapes = {
  plain: [z.object({ at: z.date() }), { at: new Date(5) }],
  optional: [z.object({ at: z.date().optional().nullable().default(null).readonly() }), { at: new Date(5) }],
  null: [z.object({ at: z.date().nullable() }), { at: null }],
  list: [z.object({ all: z.array(z.date()) }), { all: [new Date(1), new Date(-1)] }],
  record: [z.object({ all: z.record(z.string(), z.object({ at: z.date() })) }), { all: { x: { at: new Date(1) } } }],
  union: [z.object({ one: z.union([z.object({ at: z.date() }), z.string()]) }), { one: { at: new Date(1) } }],
  text: [z.object({ one: z.union([z.date(), z.string()]) }), { one: '5' }],
  kinds: [
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), at: z.date() }),
      z.object({ kind: z.literal('b') }),
    ]),
    { kind: 'a', at: new Date(1) },
  ],
  both: [z.object({ a: z.date() }).and(z.object({ b: z.date() })), { a: new Date(1), b: new Date(2) }],
  lazy: [z.object({ one: z.lazy(() => z.object({ at: z.date() })) }), { one: { at: new Date(1) } }],
  tuple: [z.object({ pair: z.tuple([z.string(), z.date()]) }), { pair: ['x', new Date(1)] }],
  recursive: [node, { at: new Date(1), children: [{ id: 'c', at: new Date(2), children: [] }] }],
} as const;

const declare = (shape: z.ZodType, more: Partial<Declaration<Doc>> = {}) =>
  ({ name: 'docs', shape, indexes: [], ...more }) as unknown as Declaration<Doc>;
const throughJson = (shape: z.ZodType, doc: object) => {
  const codec = createDateCodec(declare(shape));
  const stored = JSON.parse(JSON.stringify(codec.toStored({ id: 'x', ...doc }))) as Record<string, unknown>;
  return { stored: structuredClone(stored), revived: codec.revive(stored) };
};

describe('dates of a document', () => {
  it.each(Object.entries(shapes))('are numbers at rest and dates again: %s', (_, [shape, doc]) => {
    const { stored, revived } = throughJson(shape, doc);
    expect(revived).toStrictEqual({ id: 'x', ...doc });
    expect(JSON.stringify(stored)).not.toMatch(/\d{4}-\d\d-/);
  });

  it('of its outbox are dates though its shape does not spell it out', () => {
    const outbox = [{ id: 'o', kind: 'audit', at: new Date(7), body: {} }];
    expect(throughJson(z.object({ id: z.string() }), { outbox }).revived).toStrictEqual({ id: 'x', outbox });
  });

  it('leave the caller’s document as it was', () => {
    const doc = Object.freeze({ id: 'x', all: Object.freeze([new Date(1)]) });
    createDateCodec(declare(z.object({ all: z.array(z.date()) }))).toStored(doc);
    expect(doc.all[0]).toBeInstanceOf(Date);
  });

  it('come back for whatever instant, and numbers stay numbers', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.integer(), (at, count) => {
        expect(throughJson(z.object({ at: z.date(), count: z.number() }), { at, count }).revived).toStrictEqual({
          id: 'x',
          at,
          count,
        });
      }),
    );
  });

  it('cannot be told from numbers, so a field is not either', () => {
    expect(() => createDateCodec(declare(z.object({ at: z.union([z.date(), z.number()]) })))).toThrow(
      /date or a number/,
    );
  });
});

describe('a declaration is refused', () => {
  const shape = z.object({
    id: z.string(),
    a: z.string(),
    n: z.string().nullable(),
    list: z.array(z.string()),
    at: z.date(),
  });
  const index = (fields: string[], sparse = false) => ({ indexes: [{ name: 'i', fields, sparse }] });
  it.each<[string, Partial<Declaration<Doc>>, RegExp]>([
    ['with a name that is no name', { name: 'a"; DROP' }, /a name is/],
    ['with an index on no field', index([]), /no fields/],
    ['with an index on a path that is no path', index(['a"b']), /malformed/],
    ['with a list that is not the first field', index(['a', 'list']), /only the first/],
    ['with a sparse index over null', index(['n'], true), /nullable/],
    ['with an index on what is sealed', { ...index(['a']), sealed: ['a'] }, /sealed/],
    ['with an expiry that is no date', { expiry: 'a' }, /no date/],
  ])('%s', (_, more, why) => {
    expect(() => planOf(declare(shape, more))).toThrow(why);
  });
});
