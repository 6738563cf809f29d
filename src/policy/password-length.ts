import type { Effective, EffectiveRule, Level } from './level.ts';
import { named, product } from './reason.ts';

/** Unicode code points. NIST SP 800-63B-4 §3.1.1.2: 15 where the password stands alone, 8 beside a second factor. */
const shortestAlone = 15;
const shortestBesideSecondFactor = 8;

/**
 * The strictest of what levels set, never below the floor. `hasSecondFactor`: everybody under these levels must use
 * one. The value holds for everybody; `passwordMinLengthFor` is gentler to a person known to have a second factor.
 */
export function combinePasswordMinLength(levels: readonly Level[], hasSecondFactor: boolean): EffectiveRule<number> {
  const floor = hasSecondFactor ? shortestBesideSecondFactor : shortestAlone;
  const said = levels.flatMap((level) =>
    level.rules.passwordMinLength === undefined ? [] : [{ level: named(level), value: level.rules.passwordMinLength }],
  );
  const value = Math.max(floor, ...said.map((each) => each.value));
  const from = said.find((each) => each.value === value)?.level ?? product;
  return { value, from, others: said.filter((each) => each.value !== value) };
}

/** How long a password this person must have, and which level says so. */
export function passwordMinLengthFor(
  rules: Effective,
  hasSecondFactor: boolean,
): { value: number; from: EffectiveRule<number>['from'] } {
  const { value, from, others } = rules.passwordMinLength;
  if (!hasSecondFactor || from.kind !== 'product') return { value, from };
  const shortest = Math.max(shortestBesideSecondFactor, ...others.map((other) => other.value));
  return { value: shortest, from: others.find((other) => other.value === shortest)?.level ?? product };
}
