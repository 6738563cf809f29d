import type { Level, Overruled, Reason } from './level.ts';
import { named } from './reason.ts';
import type { RuleName, Rules } from './rules.ts';

/** What one level says about one rule. */
export interface Statement<V> {
  readonly level: Level;
  /** The level as reasons name it. */
  readonly by: Reason['level'];
  readonly at: number;
  readonly value: V;
  /** Present: it takes no part. */
  readonly overruled?: Overruled;
}

export type Statements = { readonly [K in RuleName]?: readonly Statement<NonNullable<Rules[K]>>[] };

/** Rules about which the organizations that the session is not for have no say. */
const judgedForSession: ReadonlySet<string> = new Set([
  'methods',
  'methodOrder',
  'sms',
  'voice',
  'tokenCodes',
  'preassignedTokensOnly',
  'peoplePerToken',
] satisfies RuleName[]);

/** What the levels say, rule by rule; with what takes no part marked as that. */
export function statementsOf(levels: readonly Level[]): Statements {
  const said: Record<string, Statement<unknown>[]> = {};
  let hasOpen = false;
  levels.forEach((level, at) => {
    const by = named(level);
    for (const rule in level.rules) {
      const value = level.rules[rule as RuleName];
      if (value === undefined) continue;
      if (rule === 'open') hasOpen = true;
      else {
        said[rule] ??= [];
        said[rule].push(statement(level, by, at, rule, value));
      }
    }
  });
  if (hasOpen) for (const rule in said) said[rule] = withOpened(rule as RuleName, said[rule] ?? []);
  return said;
}

function statement(level: Level, by: Reason['level'], at: number, rule: string, value: unknown): Statement<unknown> {
  if (level.isElsewhere !== true) return { level, by, at, value };
  if (judgedForSession.has(rule)) return { level, by, at, value, overruled: 'other_organization' };
  // Which kinds reach `phr` is a question of methods; a second factor as such is not.
  return { level, by, at, value: rule === 'acr' && value === 'phr' ? 'mfa' : value };
}

/** What a level opened gives way to any level below it that says something. */
function withOpened(rule: RuleName, said: readonly Statement<unknown>[]): Statement<unknown>[] {
  return said.map((each) => {
    const gives =
      each.overruled === undefined &&
      each.level.rules.open?.includes(rule) === true &&
      said.some((other) => other.overruled === undefined && isAbove(each, other));
    return gives ? { ...each, overruled: 'nearer_level' } : each;
  });
}

const ranks = { realm: 0, rollout: 1, organization: 2, portal: 3, user: 4 } as const;

/** Portals are beside each other, and so are organizations of different branches. */
export function isAbove(one: Pick<Statement<unknown>, 'level' | 'at'>, other: typeof one): boolean {
  const [rank, otherRank] = [ranks[one.level.kind], ranks[other.level.kind]];
  if (rank !== otherRank || one.level.kind !== 'organization') return rank < otherRank;
  return other.level.under === undefined ? one.at < other.at : other.level.under.includes(one.level.id);
}

export function takesPart(statement: Statement<unknown>): boolean {
  return statement.overruled === undefined;
}
