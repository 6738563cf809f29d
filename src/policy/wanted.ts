import { type Acr, acrOf, allAcr, highest, isAcr, reaches } from './acr.ts';
import type { Reason } from './level.ts';
import { always, reason } from './reason.ts';
import type { Situation } from './situation.ts';

/** The level this sign-in must reach. */
export interface Wanted {
  readonly level: Acr;
  /** What policy alone wants: below `level` when the request wants more. */
  readonly byPolicy: Acr;
  readonly reasons: readonly Reason[];
}

export function wantedLevel(situation: Situation): Wanted {
  const { demand, here, isWaived } = situation;
  const { rules } = situation.facts;
  const required: Acr = demand.mode === 'required' && !isWaived ? 'mfa' : 'single';
  const hereAndNow: Acr = here.always.length > 0 ? 'mfa' : 'single';
  const byPolicy = highest(required, hereAndNow, rules.acr.value);
  const essential = essentialLevel(situation.facts.request.essentialAcr) ?? 'single';
  const voluntary = voluntaryLevel(situation) ?? 'single';
  const level = highest(byPolicy, essential, voluntary);

  const reasons: Reason[] = [];
  if (level !== 'single') {
    if (required === level) reasons.push(demand.why);
    if (hereAndNow === level) reasons.push(...here.always);
    if (rules.acr.value === level) reasons.push(reason('acr', rules.acr.from, 'acr_required'));
    if (essential === level || voluntary === level) reasons.push(always('acr_requested'));
  }
  return { level, byPolicy, reasons };
}

/** The least of the values that will do, or undefined when we know none of them. OpenID Connect Core §5.5.1.1. */
export function essentialLevel(values: readonly string[]): Acr | undefined {
  return allAcr.find((level) => values.includes(level));
}

/**
 * `acr_values`, by preference: the first that the person reaches with what they have, or else the first that they can
 * set up alone. When neither is to be had, the least of them, which then is an error and not silence (RFC 9470 §5);
 * values we do not know are passed over (OpenID Connect Core §3.1.2.1). An essential claim beside it decides alone.
 */
function voluntaryLevel(situation: Situation): Acr | undefined {
  const { acrValues, essentialAcr } = situation.facts.request;
  if (essentialAcr.length > 0) return undefined;
  const values = acrValues.filter(isAcr);
  return (
    values.find((level) => canGive(situation, level)) ??
    values.find((level) => kindsToEnrol(situation, level).length > 0) ??
    essentialLevel(values)
  );
}

/** They reach it with what they proved or have. */
export function canGive({ counted, allowed, facts }: Situation, level: Acr): boolean {
  if (reaches(counted, level)) return true;
  return allowed.some((method) => reaches(acrOf(facts.factors.get(method.kind)?.strength), level));
}

/** Kinds that would reach `level` and that a person can set up alone, in the order in which they are offered. */
export function kindsToEnrol({ kinds, facts }: Situation, level: Acr): readonly string[] {
  const { person, rules } = facts;
  return kinds.filter((kind) => {
    const factor = facts.factors.get(kind);
    if (factor === undefined || factor.isBackup === true || !reaches(acrOf(factor.strength), level)) return false;
    const isAssigned = person?.provided?.includes(kind) === true;
    if (factor.isFromInventory === true && rules.preassignedTokensOnly.value === 'yes') return isAssigned;
    return factor.isSelfService || isAssigned;
  });
}
