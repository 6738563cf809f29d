import { type Acr, allAcr, isAcr, reaches } from './acr.ts';
import type { Reason } from './level.ts';
import type { Next } from './next-step.ts';
import { always, reason } from './reason.ts';
import type { Situation } from './situation.ts';
import type { Wanted } from './wanted.ts';

export function judgeConsent({ facts: { request, answers } }: Situation): Next | undefined {
  if (!request.needsConsent || answers.includes('consented')) return undefined;
  return { step: 'consent', reasons: [always('consent_needed')] };
}

/** What tokens will say. The time is that of the first factor, or of the session that is built on. */
export function finish(situation: Situation, wanted: Wanted): Next {
  const { facts, first, session, level } = situation;
  const proven = facts.proven.flatMap((proof) => proof.amr);
  const amr = new Set(session === undefined ? proven : [...session.amr, ...proven]);
  // Two kinds, or a user-verified passkey. An email code beside a password is not two. RFC 8176 §2.
  if (reaches(level, 'mfa')) amr.add('mfa');
  return {
    step: 'done',
    acr: acrToReport(situation, wanted),
    amr: [...amr],
    authTime: first?.at ?? session?.authTime ?? facts.now,
    reasons: [always(session === undefined ? 'password_proven' : 'session_built_on'), ...whyEnough(situation, wanted)],
  };
}

/**
 * The level reached; but where the request insists on certain values, the highest of those that it covers, since the
 * claim must match one (OpenID Connect Core §5.5.1.1). Never below what is wanted.
 */
function acrToReport({ facts, level }: Situation, wanted: Wanted): Acr {
  const matching = allAcr.filter(
    (value) => facts.request.essentialAcr.includes(value) && reaches(level, value) && reaches(value, wanted.level),
  );
  return matching.at(-1) ?? level;
}

function whyEnough({ facts, level, demand, isWaived }: Situation, wanted: Wanted): readonly Reason[] {
  const reasons: Reason[] = [...wanted.reasons];
  if (reaches(level, 'mfa')) reasons.push(reason('secondFactor', demand.why.level, 'second_factor_proven'));
  else {
    if (isWaived)
      reasons.push(reason('rememberBrowserDays', facts.rules.rememberBrowserDays.from, 'remembered_browser'));
    if (facts.answers.includes('postponed')) reasons.push(reason('secondFactor', demand.why.level, 'postponed'));
    reasons.push(demand.why);
  }
  const { acrValues, essentialAcr } = facts.request;
  // Only values that we do not know, or that an essential claim overruled, come as far as this unmet.
  const isPassedOver =
    acrValues.length > 0 &&
    essentialAcr.length === 0 &&
    !acrValues.some((value) => isAcr(value) && reaches(level, value));
  if (isPassedOver) reasons.push(always('acr_not_reachable'));
  return reasons;
}
