import type { Facts } from './facts.ts';
import { finish, judgeConsent } from './finish.ts';
import { judgeFirstFactor, judgePerson, judgeRequest } from './first-factor.ts';
import { judgeHereAndNow } from './here-and-now.ts';
import { judgeSecondMethod, judgeSummary } from './journey.ts';
import type { Next } from './next-step.ts';
import { judgeOrganization } from './organization.ts';
import { judgePassword } from './password.ts';
import { judgeBackup, judgeChallenge, judgeEnrolment, judgeOffer } from './second-factor.ts';
import { situationOf } from './situation.ts';
import { wantedLevel } from './wanted.ts';
import { judgeWeakFactor } from './weak-factor.ts';

/**
 * What is missing, and why: the first step that a judge finds missing, in this order. Following the steps always ends
 * in `done` or `refused`, and a session made from a `done` is enough for the same facts.
 */
export function next(facts: Facts): Next {
  const situation = situationOf(facts);
  const wanted = wantedLevel(situation);
  return (
    judgeRequest(situation) ??
    judgeFirstFactor(situation) ??
    judgePerson(situation) ??
    judgeHereAndNow(situation) ??
    judgeOrganization(situation) ??
    judgeChallenge(situation, wanted) ??
    judgeWeakFactor(situation) ??
    judgeOffer(situation, wanted) ??
    judgePassword(situation) ??
    judgeEnrolment(situation, wanted) ??
    judgeSecondMethod(situation) ??
    judgeBackup(situation) ??
    judgeSummary(situation) ??
    judgeConsent(situation) ??
    finish(situation, wanted)
  );
}
