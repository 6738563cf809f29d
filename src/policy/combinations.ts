import type { EffectiveRule, Overruled, Placed } from './level.ts';
import { product } from './reason.ts';
import { isAbove, type Statement, takesPart } from './statements.ts';

type Said<V> = readonly Statement<V>[] | undefined;

/** Nobody says anything: the product's. */
export function unsaid<V>(value: V): EffectiveRule<V> {
  return { value, from: product, others: [] };
}

/** The value of the highest `rank`; on a tie the outermost level is named. */
export function strictest<V>(said: Said<V>, otherwise: V, rank: (value: V) => number): EffectiveRule<V> {
  if (said === undefined) return unsaid(otherwise);
  let winner: Statement<V> | undefined;
  for (const each of said) {
    if (takesPart(each) && (winner === undefined || rank(each.value) > rank(winner.value))) winner = each;
  }
  return ruled(said, winner, winner === undefined ? otherwise : winner.value);
}

/** The value of the innermost level that sets it. */
export function nearest<V>(said: Said<V>, otherwise: V): EffectiveRule<V> {
  if (said === undefined) return unsaid(otherwise);
  const winner = said.findLast(takesPart);
  return ruled(said, winner, winner === undefined ? otherwise : winner.value, () => 'nearer_level');
}

/** One value made of all that take part; the outermost level that says the same is named, else the innermost. */
export function joined<V>(
  said: Said<V>,
  otherwise: V,
  join: (one: V, other: V) => V,
  why?: () => Overruled,
): EffectiveRule<V> {
  const parts = said?.filter(takesPart) ?? [];
  const [first] = parts;
  if (first === undefined) return unsaid(otherwise);
  const value = parts.slice(1).reduce((kept, each) => join(kept, each.value), first.value);
  const winner = parts.find((each) => isSame(each.value, value)) ?? parts.at(-1);
  return ruled(said ?? [], winner, value, why);
}

/** Every level's own: none loses. The outermost is named. */
export function each<V extends object>(
  said: readonly Statement<readonly V[]>[] | undefined,
): EffectiveRule<readonly Placed<V>[]> {
  const parts = said?.filter(takesPart) ?? [];
  const first = parts[0];
  const place = ({ by, value }: Statement<readonly V[]>) => value.map((one): Placed<V> => ({ ...one, level: by }));
  const others = (said ?? [])
    .filter((one) => !takesPart(one) && one.value.length > 0)
    .map((one) => ({ level: one.by, value: place(one), why: one.overruled ?? 'nearer_level' }));
  return { value: parts.flatMap(place), from: first?.by ?? product, others };
}

/** Those of `said` that lost to `winner`, each with why. */
export function ruled<V>(
  said: readonly Statement<V>[],
  winner: Statement<V> | undefined,
  value: V,
  why?: () => Overruled,
): EffectiveRule<V> {
  const others = said
    .filter((one) => one !== winner && !isSame(one.value, value))
    .map((one) => ({
      level: one.by,
      value: one.value,
      why: one.overruled ?? why?.() ?? (winner !== undefined && isAbove(winner, one) ? 'not_open' : 'looser'),
    }));
  return { value, from: winner?.by ?? product, others };
}

/** Plain values, written alike. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object') return false;
  return JSON.stringify(one) === JSON.stringify(other);
}
