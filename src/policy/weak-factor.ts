import type { Next } from './next-step.ts';
import { reason } from './reason.ts';
import type { Method, Situation } from './situation.ts';

/**
 * Kinds that raise no `acr` (codes by email), only where a level names them: `everyMethod` does not mean them. A check
 * for who has nothing better; never in place of a second factor.
 */
function weakKinds({ facts: { rules, factors } }: Situation): readonly string[] {
  return rules.methods.value.filter((kind) => factors.get(kind)?.strength === 'none');
}

export function ownWeak(situation: Situation): readonly Method[] {
  const kinds = weakKinds(situation);
  return situation.ordered.filter((method) => kinds.includes(method.kind));
}

/** Beside the second factors, where it may be put off. */
export function weakKindsToEnrol(situation: Situation): readonly string[] {
  return weakKinds(situation).filter((kind) => situation.facts.factors.get(kind)?.isSelfService === true);
}

/** Enrolled means asked, here as well; whoever has a second factor is asked for that alone. */
export function judgeWeakFactor(situation: Situation): Next | undefined {
  const { facts, first, demand, level, askable } = situation;
  if (first === undefined || demand.mode === 'off' || level !== 'single' || askable.length > 0) return undefined;
  const own = ownWeak(situation);
  if (own.length === 0 || facts.proven.some((proof) => own.some((method) => method.kind === proof.factor)))
    return undefined;
  return {
    step: 'challenge',
    methods: own.map((method) => method.id),
    canRememberDays: 0,
    reasons: [reason('secondFactor', demand.why.level, 'enrolled')],
  };
}
