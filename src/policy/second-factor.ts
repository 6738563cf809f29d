import { type Acr, acrOf, reaches } from './acr.ts';
import { kindsAlone } from './first-factor.ts';
import { chosenOf, enrolChosen } from './journey.ts';
import type { Reason } from './level.ts';
import type { Next, Postponement } from './next-step.ts';
import { always, reason } from './reason.ts';
import type { Method, Situation } from './situation.ts';
import { canGive, kindsToEnrol, type Wanted } from './wanted.ts';
import { ownWeak, weakKindsToEnrol } from './weak-factor.ts';

/**
 * Enrolled means asked, unless policy switched it off; and what is wanted above that is asked of what can give it.
 * Methods that policy no longer allows are asked for where the person has no other, and before a new one is added:
 * otherwise a password alone could bind a stranger's phone. NIST SP 800-63B-4 §4.1.2.
 */
export function judgeChallenge(situation: Situation, wanted: Wanted): Next | undefined {
  const { allowed, askable, hasUnavailable, level, counted, first, isWaived } = situation;
  const isLacking = !reaches(counted, wanted.level);
  const isAsked = isEnrolled(situation) && !isWaived && !reaches(counted, 'mfa');
  if (!isLacking && !isAsked) return undefined;

  const reasons = isAsked ? [...wanted.reasons, enrolled(situation)] : wanted.reasons;
  const enough = allowed.filter((method) => reaches(strength(situation, method), isLacking ? wanted.level : 'mfa'));
  if (enough.length > 0) return challenge(situation, enough, reasons);
  if (isLacking) {
    if (kindsToEnrol(situation, wanted.level).length === 0) return cannotReach(situation, wanted);
    if (first === undefined) {
      return {
        step: 'password',
        alone: kindsAlone(situation),
        reasons: [...reasons, always('fresh_proof_before_enrolling')],
      };
    }
  }
  if (reaches(level, 'mfa')) return undefined;
  if (askable.length > 0) return challenge(situation, askable, [...reasons, always('enrolled_means_proven_first')]);
  if (!hasUnavailable) return undefined;
  return { step: 'refused', why: 'stuck', reasons: [...reasons, always('method_unavailable')] };
}

/** "Not now" works. Who has a method was asked for it by now; and nobody is asked whose session is built on. */
export function judgeOffer(situation: Situation, wanted: Wanted): Next | undefined {
  const { facts, first, level, demand, isWaived } = situation;
  if (demand.mode !== 'optional' || isWaived || wanted.level !== 'single' || facts.answers.includes('postponed')) {
    return undefined;
  }
  if (first === undefined || level !== 'single') return undefined;
  const { postponement, why } = demand;
  const isAdvice = postponement === undefined;
  if (isAdvice && ownWeak(situation).length > 0) return undefined;
  const kinds = [...kindsToEnrol(situation, 'mfa'), ...(isAdvice ? weakKindsToEnrol(situation) : [])];
  if (kinds.length === 0) return undefined;
  const otherwise = facts.rules.secondFactor.otherwise.from;
  const reasons = isAdvice ? [reason('secondFactor', otherwise, 'offered')] : [why];
  return enrolment(situation, kinds, true, reasons, postponement);
}

export function judgeEnrolment(situation: Situation, wanted: Wanted): Next | undefined {
  const kinds = kindsToEnrol(situation, wanted.level);
  if (reaches(situation.counted, wanted.level) && !(kinds.length > 0 && hasBackupOnly(situation, wanted)))
    return undefined;
  return enrolment(situation, kinds, false, wanted.reasons);
}

/** A backup is to bring back somebody whose own method is lost: what it opens begins with a new one. */
function hasBackupOnly({ facts, first, allowed }: Situation, wanted: Wanted): boolean {
  const isBackup = (kind: string) => facts.factors.get(kind)?.isBackup === true;
  return (
    wanted.level !== 'single' &&
    first !== undefined &&
    facts.proven.some((proof) => isBackup(proof.factor)) &&
    allowed.every((method) => isBackup(method.kind))
  );
}

/** Handed out once a method was set up in this sign-in, and anew when a use left few. */
export function judgeBackup({ facts, kinds }: Situation): Next | undefined {
  const { answers, factors, person, proven } = facts;
  if (!proven.some((proof) => reaches(acrOf(factors.get(proof.factor)?.strength), 'mfa'))) return undefined;
  for (const kind of kinds) {
    if (factors.get(kind)?.isBackup !== true) continue;
    const isLow = answers.includes(`low:${kind}`);
    const isLacking = answers.includes('enrolled') && person?.methods.every((method) => method.kind !== kind) === true;
    if (isLow || isLacking)
      return {
        step: 'enrol',
        kinds: [kind],
        canPostpone: false,
        reasons: [always(isLow ? 'backup_low' : 'backup_lacking')],
      };
  }
  return undefined;
}

/** The rules ask this person's second factors whenever a first one is proven. */
export function isEnrolled({ demand, askable, hasUnavailable }: Situation): boolean {
  return demand.mode !== 'off' && (askable.length > 0 || hasUnavailable);
}

function enrolled({ demand }: Situation): Reason {
  return reason('secondFactor', demand.why.level, 'enrolled');
}

function strength({ facts }: Situation, method: Method): Acr {
  return acrOf(facts.factors.get(method.kind)?.strength);
}

function challenge(situation: Situation, methods: readonly Method[], reasons: readonly Reason[]): Next {
  return {
    step: 'challenge',
    methods: methods.map((method) => method.id),
    canRememberDays: daysToRemember(situation),
    reasons,
  };
}

/** Nothing to offer where a remembered browser would be asked all the same. */
function daysToRemember({ facts: { rules }, here, first }: Situation): number {
  if (first === undefined || here.always.length > 0 || rules.acr.value !== 'single') return 0;
  return rules.rememberBrowserDays.value;
}

function enrolment(
  situation: Situation,
  kinds: readonly string[],
  canPostpone: boolean,
  reasons: readonly Reason[],
  postponement?: Postponement,
): Next {
  if (!situation.facts.answers.includes('started')) {
    const put = postponement === undefined ? {} : { postponement };
    return { step: 'protect-account', kinds, canPostpone, ...put, reasons };
  }
  const chosen = chosenOf(situation, kinds);
  if (chosen !== undefined) return enrolChosen(kinds, chosen, { reasons }, canPostpone);
  return { step: kinds.length > 1 ? 'choose-method' : 'enrol', kinds, canPostpone, reasons };
}

/** What only the request wanted goes back to the portal as an error; what policy wants, and they cannot give, needs an admin. */
function cannotReach(situation: Situation, wanted: Wanted): Next {
  const { facts } = situation;
  const isForRequest = canGive(situation, wanted.byPolicy) || kindsToEnrol(situation, wanted.byPolicy).length > 0;
  const why = isForRequest ? 'acr_unmet' : 'stuck';
  const none = reason('methods', facts.rules.methods.from, 'no_method_can_be_set_up');
  return { step: 'refused', why, reasons: [...wanted.reasons, none] };
}
