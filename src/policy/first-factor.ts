import { acrOf, reaches } from './acr.ts';
import type { Next } from './next-step.ts';
import { always, reason } from './reason.ts';
import type { Situation } from './situation.ts';
import { essentialLevel } from './wanted.ts';

/** An essential `acr` that nobody can reach here is an error at once, not after a password. */
export function judgeRequest({ facts, kinds, counted }: Situation): Next | undefined {
  const { essentialAcr } = facts.request;
  if (essentialAcr.length === 0) return undefined;
  const level = essentialLevel(essentialAcr);
  const isReachable =
    level !== undefined &&
    (reaches(counted, level) || kinds.some((kind) => reaches(acrOf(facts.factors.get(kind)?.strength), level)));
  if (isReachable) return undefined;
  return { step: 'refused', why: 'acr_unmet', reasons: [always('acr_requested'), always('acr_not_reachable')] };
}

export function judgeFirstFactor(situation: Situation): Next | undefined {
  const { facts, first, session } = situation;
  if (facts.person !== undefined && (first !== undefined || session !== undefined)) return undefined;
  return { step: 'password', alone: kindsAlone(situation), reasons: [whyPassword(facts)] };
}

/** Kinds that may be the whole sign-in, where the rules allow that. */
export function kindsAlone({ facts, kinds }: Situation): readonly string[] {
  if (facts.rules.passkeySignIn.value === 'no') return [];
  return kinds.filter((kind) => facts.factors.get(kind)?.alone !== undefined);
}

function whyPassword({ session, person, request, rules }: Situation['facts']) {
  if (session === undefined || person === undefined) return always('no_session');
  const isOthers = session.userId !== person.id || (request.mustBe !== undefined && session.userId !== request.mustBe);
  return isOthers
    ? always('session_of_another_person')
    : reason('sessionHours', rules.sessionHours.from, 'session_over');
}

/** Nobody gets past here who may not sign in at all, whatever they prove. */
export function judgePerson({ facts: { person, request } }: Situation): Next | undefined {
  if (request.mustBe !== undefined && person?.id !== request.mustBe) {
    return { step: 'refused', why: 'wrong_person', reasons: [always('wrong_person')] };
  }
  if (person?.isDisabled === true) return { step: 'refused', why: 'disabled', reasons: [always('disabled')] };
  if (person?.isSecondFactorLocked === true) {
    return { step: 'refused', why: 'second_factor_locked', reasons: [always('second_factor_locked')] };
  }
  return undefined;
}
