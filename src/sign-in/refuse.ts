import { inWords, type Next } from '../policy/index.ts';
import { showDeadEnd } from './dead-ends.ts';
import { eventOf } from './event-of.ts';
import type { StepDeps } from './step.ts';
import type { Visit } from './visit.ts';
import { whatWasGiven } from './what-was-given.ts';

/** Errors for the portal. OpenID Connect Core Error Code unmet_authentication_requirements §2; Core §3.1.2.6. */
const errors = {
  acr_unmet: ['unmet_authentication_requirements', 'the acr asked for cannot be reached'],
  wrong_person: ['login_required', 'another person than the one asked for signed in'],
} as const;

export async function refuse(
  deps: StepDeps,
  visit: Visit,
  { why, reasons }: Extract<Next, { step: 'refused' }>,
): Promise<void> {
  const { context, portal, attempt } = visit;
  const details = { reasons: reasons.map(inWords), ...whatWasGiven(visit) };
  await deps.attempts.refuse(attempt.id, why, { ...eventOf(visit), details });
  if (why !== 'acr_unmet' && why !== 'wrong_person') {
    return showDeadEnd(context, visit.issuer, { page: 'refused', why }, portal, true, visit.madeFor);
  }
  const [error, description] = errors[why];
  await goBack(deps, visit, error, description);
}

/** Ends the attempt and sends the browser back to the portal with an error. */
export async function goBack(deps: StepDeps, visit: Visit, error: string, description: string): Promise<void> {
  const { context, attempt } = visit;
  await deps.attempts.end(attempt.id, 'cancelled', { address: context.address, browser: context.browser });
  context.redirect(await deps.interactions.abort(context, attempt.id, error, description));
}
