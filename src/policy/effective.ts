import { allAcr } from './acr.ts';
import type { Effective, EffectiveRule, Level } from './level.ts';
import { combinePasswordMinLength } from './password-length.ts';
import { named, product } from './reason.ts';
import type { Rules } from './rules.ts';

/** In a list of methods: every kind the product has. The default, so that a new factor needs no rule changed. */
export const everyMethod = '*';

/**
 * Combines the levels by the table of the design: below can tighten, not loosen. What nobody sets is the product's.
 * On a tie the outermost level is named.
 */
export function combine(levels: readonly Level[]): Effective {
  const secondFactor = strictest(levels, 'secondFactor', 'optional', (value) =>
    ['off', 'optional', 'required'].indexOf(value),
  );
  const acr = strictest(levels, 'acr', 'single', (value) => allAcr.indexOf(value));
  const isSecondFactorCertain = secondFactor.value === 'required' || acr.value !== 'single';
  return {
    secondFactor,
    methods: combineMethods(levels),
    sessionHours: strictest(levels, 'sessionHours', 24, (hours) => -hours),
    idleMinutes: strictest(levels, 'idleMinutes', 60, (minutes) => (minutes === 'off' ? -Infinity : -minutes)),
    passwordMinLength: combinePasswordMinLength(levels, isSecondFactorCertain),
    passkeySignIn: strictest(levels, 'passkeySignIn', 'no', (value) => (value === 'no' ? 1 : 0)),
    acr,
  };
}

/** The value of the highest `rank`. */
function strictest<K extends 'secondFactor' | 'acr' | 'sessionHours' | 'idleMinutes' | 'passkeySignIn'>(
  levels: readonly Level[],
  rule: K,
  otherwise: NonNullable<Rules[K]>,
  rank: (value: NonNullable<Rules[K]>) => number,
): EffectiveRule<NonNullable<Rules[K]>> {
  const said = levels.flatMap((level) => {
    const value = level.rules[rule];
    return value === undefined ? [] : [{ level: named(level), value }];
  });
  let winner = said[0];
  if (winner === undefined) return { value: otherwise, from: product, others: [] };
  for (const each of said) if (rank(each.value) > rank(winner.value)) winner = each;
  const { value, level } = winner;
  return { value, from: level, others: said.filter((each) => each.value !== value) };
}

/** The intersection, in the order of the nearest level that sets it. */
function combineMethods(levels: readonly Level[]): Effective['methods'] {
  const said = levels.flatMap((level) =>
    level.rules.methods === undefined ? [] : [{ level: named(level), value: [...new Set(level.rules.methods)] }],
  );
  const nearest = said.at(-1);
  if (nearest === undefined) return { value: [everyMethod], from: product, others: [] };
  const value = said.reduceRight((kept, each) => intersect(kept, each.value), nearest.value);
  const isSame = (list: readonly string[]) =>
    list.length === value.length && list.every((kind, at) => kind === value[at]);
  return { value, from: nearest.level, others: said.filter((each) => each !== nearest && !isSame(each.value)) };
}

/** In the order of `near`; where that says `everyMethod`, kinds that only `far` names take its place. */
function intersect(near: string[], far: string[]): string[] {
  const isOpen = far.includes(everyMethod);
  return near.flatMap((kind) => {
    if (kind === everyMethod) return far.filter((each) => each === everyMethod || !near.includes(each));
    return isOpen || far.includes(kind) ? [kind] : [];
  });
}

/** The kinds of `kinds` that these rules allow, in the order in which they are offered. */
export function allowedKinds(rules: Effective, kinds: Iterable<string>): readonly string[] {
  const known = [...kinds];
  const listed = rules.methods.value;
  return listed.flatMap((kind) => {
    if (kind === everyMethod) return known.filter((each) => !listed.includes(each));
    return known.includes(kind) ? [kind] : [];
  });
}
