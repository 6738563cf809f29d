import { combine } from './effective.ts';
import type { Effective, Level, Overruled, Reason, Requirement } from './level.ts';
import { allRules, type RuleName, type Rules } from './rules.ts';

/** One rule in force. */
export interface Explained {
  readonly rule: RuleName;
  readonly value: unknown;
  /** `product`: nobody sets it. */
  readonly level: Reason['level'];
  /** What other levels say, and why it does not hold. */
  readonly others: readonly { readonly level: Reason['level']; readonly value: unknown; readonly why: Overruled }[];
  /** Of `secondFactor`: every level's `required` with its own terms. */
  readonly requirements?: readonly Requirement[];
}

/** Every rule in force under these levels, in the order of the documentation. */
export function explain(levels: readonly Level[]): readonly Explained[] {
  return explainRules(combine(levels));
}

export function explainRules(rules: Effective): readonly Explained[] {
  return allRules.map((rule) => {
    const { value, from, others } = rules[rule];
    const explained = { rule, value, level: from, others };
    return rule === 'secondFactor' ? { ...explained, requirements: rules.secondFactor.requirements } : explained;
  });
}

/** What `level`, one of `levels`, says to no effect: the rules of it that do not hold, each with why. */
export function withoutEffect(
  levels: readonly Level[],
  level: Pick<Level, 'kind' | 'id'>,
): readonly { readonly rule: RuleName; readonly why: Overruled; readonly holds: Explained }[] {
  return explain(levels).flatMap((holds) => {
    const own = holds.others.find((other) => other.level.kind === level.kind && other.level.id === level.id);
    return own === undefined || own.why === 'narrowed' ? [] : [{ rule: holds.rule, why: own.why, holds }];
  });
}

/**
 * Rules of `own`, said by a person for themselves, that would loosen what binds them: people may ask for more of
 * themselves, never for less, whatever is open to those who look after them.
 */
export function loosening(above: readonly Level[], own: Level): readonly RuleName[] {
  const closed = above.map((level): Level => ({ ...level, rules: withoutOpen(level.rules) }));
  const [given, strict] = [combine([...above, own]), combine([...closed, own])];
  return allRules.filter(
    (rule) => own.rules[rule] !== undefined && JSON.stringify(given[rule].value) !== JSON.stringify(strict[rule].value),
  );
}

function withoutOpen({ open: _open, ...rules }: Rules): Rules {
  return rules;
}
