import type { RealmContext } from '../http/index.ts';
import type { User } from '../people/index.ts';
import { inWords, type Next } from '../policy/index.ts';
import type { Attempt } from './attempt.ts';
import { isOver } from './attempts.ts';
import { eventOf } from './event-of.ts';
import { makeKnown } from './make-known.ts';
import { daysAsked } from './remembered.ts';
import type { StepDeps } from './step.ts';
import { toDispatcher } from './step.ts';
import type { Visit } from './visit.ts';
import { whatWasGiven } from './what-was-given.ts';

/**
 * Completes a sign-in, once: of any number of requests one wins the attempt, and only that one writes the result. The
 * others find the attempt done, and where it goes on.
 */
export async function finish(deps: StepDeps, visit: Visit, done: Extract<Next, { step: 'done' }>): Promise<void> {
  const { context, attempt, person } = visit;
  if (person === undefined) return toDispatcher(visit);
  const event = eventOf(visit);
  const { acr, amr, authTime } = done;
  const { organization } = visit;
  const isFor = organization === undefined ? {} : { organization };
  const outcome = { acr, amr, authTime, completedAt: completedAt(deps.now(), person), ...isFor };
  // Policy may allow fewer days by now than the box said.
  const days = Math.min(daysAsked(attempt.answers), visit.rules.rememberBrowserDays.value);
  const found = isFresh(visit) ? { outcome, makesKnown: { days } } : { outcome };
  const won = await deps.attempts.finish(attempt.id, found, {
    ...event,
    type: 'sign_in.completed',
    details: {
      ...{ acr, amr, builtOnSession: !isFresh(visit), ...isFor, reasons: done.reasons.map(inWords) },
      ...whatWasGiven(visit),
    },
  });
  const resume = won === undefined ? undefined : await tell(deps, context, won);
  if (resume === undefined) return toDispatcher(visit);
  context.redirect(resume);
}

/**
 * Makes the browser of a finished attempt known, tells the provider what was found, and says where that goes on. Whoever
 * finished it may have died in between, so this may be done again: the provider takes the same answer twice. Undefined:
 * there is nothing to tell.
 */
export async function tell(
  deps: Pick<StepDeps, 'browsers' | 'interactions' | 'now' | 'people' | 'realms'>,
  context: RealmContext,
  attempt: Attempt,
): Promise<string | undefined> {
  const { outcome, userId, boundTo } = attempt;
  if (outcome === undefined || userId === undefined || isOver(attempt, deps.now())) return undefined;
  // First, for whoever finds the answer there goes on without asking again.
  await makeKnown(deps, context, attempt);
  return deps.interactions.complete(context, attempt.id, {
    userId,
    ...outcome,
    consented: attempt.answers.includes('consented'),
    ...(boundTo === undefined ? {} : { boundTo }),
  });
}

/** A person who just changed their password in this very sign-in has no session from before it: this one is after. */
function completedAt(now: Date, { sessionsValidFrom = now }: User): Date {
  return now < sessionsValidFrom ? sessionsValidFrom : now;
}

/** Proven in this attempt, not built on a session. */
function isFresh({ attempt, rules }: Visit): boolean {
  return attempt.proven.some(
    (proof) => proof.factor === 'password' || (rules.passkeySignIn.value === 'yes' && proof.amr.includes('user')),
  );
}
