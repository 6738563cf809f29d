import { joined, strictest } from './combinations.ts';
import type { EffectiveRule, Level, Requirement } from './level.ts';
import type { Grace, Rules } from './rules.ts';
import { isAbove, type Statement, type Statements, takesPart } from './statements.ts';

type Terms = 'requiredFrom' | 'grace' | 'forRoles';
type Term<K extends Terms> = NonNullable<Rules[K]>;

/** Milliseconds since 1970 UTC; `at_once` is before everything. */
export function startOf(from: string): number {
  return from === 'at_once' ? -Infinity : Date.parse(from);
}

/** What `required` means where the level that says so says no more. */
const plain = { requiredFrom: 'at_once', grace: 'none', forRoles: 'all' } as const satisfies {
  [K in Terms]: Term<K>;
};

/**
 * Each level's `required` with its own terms. Terms that another level sets, without requiring anything itself, tighten
 * it too; where the level opened them, the nearest level below that sets them decides.
 */
export function requirementsOf(said: Statements): readonly Requirement[] {
  const required = said.secondFactor?.filter((each) => takesPart(each) && each.value === 'required') ?? [];
  return required.map((each) => {
    const [from, grace, roles] = [
      termOf(said, each, 'requiredFrom', earlier),
      termOf(said, each, 'grace', shorter),
      termOf(said, each, 'forRoles', union),
    ];
    return {
      level: each.by,
      from: from.value,
      fromLevel: from.by,
      grace: grace.value,
      graceLevel: grace.by,
      roles: roles.value,
      ...withinOf(each.level),
    };
  });
}

function withinOf({ kind, id, organizations }: Level): Pick<Requirement, 'within'> {
  if (kind === 'organization') return { within: [id] };
  return organizations === undefined ? {} : { within: organizations };
}

function termOf<K extends Terms>(
  said: Statements,
  requirement: Statement<unknown>,
  rule: K,
  join: (one: Term<K>, other: Term<K>) => Term<K>,
): Pick<Statement<Term<K>>, 'value' | 'by'> {
  const own = { value: requirement.level.rules[rule] ?? plain[rule], by: requirement.by };
  const alone = standAlone(said, rule);
  if (requirement.level.rules.open?.includes(rule) === true) {
    return alone.findLast((each) => isAbove(requirement, each)) ?? own;
  }
  return alone.reduce<typeof own>((kept, each) => {
    const value = join(kept.value, each.value);
    return value === kept.value ? kept : { value, by: each.by };
  }, own);
}

/** Terms of levels that require nothing themselves. */
function standAlone<K extends Terms>(said: Statements, rule: K): readonly Statement<Term<K>>[] {
  const list = said[rule] ?? [];
  return list.filter((each) => takesPart(each) && each.level.rules.secondFactor !== 'required');
}

/** The terms by themselves, as tables show them: of all levels that require, or set one. */
export function combineTerms(said: Statements): {
  readonly requiredFrom: EffectiveRule<string>;
  readonly grace: EffectiveRule<Grace | 'none'>;
  readonly forRoles: EffectiveRule<'all' | readonly string[]>;
} {
  return {
    requiredFrom: strictest(withImplied(said, 'requiredFrom'), 'at_once', (from) => -startOf(from)),
    grace: joined(withImplied(said, 'grace'), 'none', shorter),
    forRoles: joined<'all' | readonly string[]>(withImplied(said, 'forRoles'), 'all', union),
  };
}

function withImplied<K extends Terms>(said: Statements, rule: K): readonly Statement<Term<K>>[] | undefined {
  const list = said[rule];
  const implied = said.secondFactor?.filter(
    (each) => takesPart(each) && each.value === 'required' && each.level.rules[rule] === undefined,
  );
  if (implied === undefined || implied.length === 0) return list;
  if (list === undefined) return undefined;
  return [
    ...list,
    ...implied.map((each): Statement<Term<K>> => {
      const isGiven = each.level.rules.open?.includes(rule) === true && list.some((other) => isAbove(each, other));
      const value = plain[rule];
      return isGiven ? { ...each, value, overruled: 'nearer_level' } : { ...each, value };
    }),
  ].toSorted((one, other) => one.at - other.at);
}

function earlier(one: string, other: string): string {
  return startOf(other) < startOf(one) ? other : one;
}

export function shorter(one: Grace | 'none', other: Grace | 'none'): Grace | 'none' {
  if (one === 'none' || other === 'none') return 'none';
  const until =
    one.until === undefined || other.until === undefined ? (one.until ?? other.until) : earlier(one.until, other.until);
  const days = least(one.days, other.days);
  const postponements = least(one.postponements, other.postponements);
  const isOne = until === one.until && days === one.days && postponements === one.postponements;
  if (isOne) return one;
  return {
    ...(until === undefined ? {} : { until }),
    ...(days === undefined ? {} : { days }),
    ...(postponements === undefined ? {} : { postponements }),
  };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function union<R extends string>(one: 'all' | readonly R[], other: 'all' | readonly R[]): 'all' | R[] {
  if (one === 'all' || other === 'all') return 'all';
  return [...new Set([...one, ...other])];
}
