import { strictest } from './combinations.ts';
import type { Effective, EffectiveRule } from './level.ts';
import { product } from './reason.ts';
import type { Statements } from './statements.ts';

/** Unicode code points. NIST SP 800-63B-4 §3.1.1.2: 15 where the password stands alone, 8 beside a second factor. */
const shortestAlone = 15;
const shortestBesideSecondFactor = 8;

/**
 * The strictest of what levels set, never below the floor. `hasSecondFactor`: everybody under these levels must use
 * one. The value holds for everybody; `passwordMinLengthFor` is gentler to a person known to have a second factor.
 */
export function combinePasswordMinLength(
  said: Statements['passwordMinLength'],
  hasSecondFactor: boolean,
): EffectiveRule<number> {
  const floor = hasSecondFactor ? shortestBesideSecondFactor : shortestAlone;
  const combined = strictest(said, floor, (length) => length);
  if (combined.value >= floor) return combined;
  const others = (said ?? []).map(
    ({ by, value, overruled }) => ({ level: by, value, why: overruled ?? 'floor' }) as const,
  );
  return { value: floor, from: product, others };
}

/** How long a password this person must have, and which level says so. */
export function passwordMinLengthFor(
  rules: Effective,
  hasSecondFactor: boolean,
): { value: number; from: EffectiveRule<number>['from'] } {
  const { value, from } = rules.passwordMinLength;
  if (!hasSecondFactor || from.kind !== 'product') return { value, from };
  const others = rules.passwordMinLength.others.filter((other) => other.why === 'floor');
  const shortest = Math.max(shortestBesideSecondFactor, ...others.map((other) => other.value));
  return { value: shortest, from: others.find((other) => other.value === shortest)?.level ?? product };
}
