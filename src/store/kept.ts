import { createHash } from 'node:crypto';

/** A document as an engine keeps it, sealed fields sealed: what backups hold and moves carry. Dates are `Date`s. */
export interface Kept {
  readonly id: string;
  readonly rev: number;
  /** With `id`, without what an engine adds of its own. */
  readonly doc: Readonly<Record<string, unknown>>;
}

/** JSON in which dates are told from numbers: `{"$date": ms}`. A key that begins with `$` gets another one in front. */
export function plainOf(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.getTime() };
  if (Array.isArray(value)) return value.map((each) => (each === undefined ? null : plainOf(each)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key.startsWith('$') ? `$${key}` : key, plainOf(each)]));
}

/** What `plainOf` was given. */
export function valueOf(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(valueOf);
  if (typeof plain !== 'object' || plain === null) return plain;
  const entries = Object.entries(plain);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === '$date') return new Date(Number(first[1]));
  return Object.fromEntries(entries.map(([key, each]) => [key.startsWith('$$') ? key.slice(1) : key, valueOf(each)]));
}

const modulus = 2n ** 256n;

/** How many documents, and a sum of their digests: equal for equal sets of documents, in whatever order they came. */
export interface Sum {
  readonly count: number;
  readonly digest: string;
}

export function createSum() {
  let count = 0;
  let total = 0n;
  return {
    add({ id, rev, doc }: Kept): void {
      const text = JSON.stringify([id, rev, inOrder(plainOf(doc))]);
      count += 1;
      total = (total + BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)) % modulus;
    },
    sum: (): Sum => ({ count, digest: total.toString(16).padStart(64, '0') }),
  };
}

/** Engines do not promise the order of fields. */
function inOrder(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(inOrder);
  if (typeof plain !== 'object' || plain === null) return plain;
  const entries = Object.entries(plain).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, each]) => [key, inOrder(each)]);
}
