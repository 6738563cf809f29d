import type { RealmContext, Route } from '../http/index.ts';
import type { Next } from '../policy/index.ts';
import type { Attempt } from './attempt.ts';
import { showDeadEnd } from './dead-ends.ts';
import { finish, tell } from './finish.ts';
import { stepPath } from './paths.ts';
import { refuse } from './refuse.ts';
import { isToDispatcher, type Step, type StepDeps, toDispatcher } from './step.ts';
import { type Arrival, arrive, type Visit } from './visit.ts';

/** How long a second request of a finished attempt waits for the first to say where it goes on. */
const patience = { tries: 40, everyMs: 25 };

/** Asks policy what is missing and sends the browser there; finishes when nothing is. */
export function dispatcher(deps: StepDeps): Route {
  return {
    method: 'GET',
    path: '/sign-in/:uid',
    handle: (context) =>
      visiting(deps, context, async (visit) =>
        visit.next.step === 'refused' ? refuse(deps, visit, visit.next) : onward(deps, visit, visit.next),
      ),
  };
}

async function onward(deps: StepDeps, visit: Visit, next: Exclude<Next, { step: 'refused' }>): Promise<void> {
  if (next.step === 'done') return finish(deps, visit, next);
  visit.context.redirect(`/sign-in/${encodeURIComponent(visit.attempt.id)}${stepPath(next)}`);
}

/**
 * After a form that leads to the dispatcher: where that would send the browser at once, it is sent there now, a request
 * less. What shows a page is left to the dispatcher, for a form is answered by a redirect.
 */
async function goOn(deps: StepDeps, before: Visit): Promise<void> {
  const arrival = await arrive(deps, before.context, before);
  if (arrival.ok && arrival.visit.next.step !== 'refused') await onward(deps, arrival.visit, arrival.visit.next);
}

/**
 * A step's routes: its page where it is the current one, otherwise the dispatcher; there as well with a form made for
 * somebody else.
 */
export function routesOf(deps: StepDeps, step: Step): Route[] {
  const path = `/sign-in/:uid${step.path}`;
  const whenCurrent = (handle: (visit: Visit) => Promise<void>) => async (visit: Visit) =>
    step.isCurrent(visit.next, visit) ? handle(visit) : toDispatcher(visit);
  const { post } = step;
  // A reload or the back button may ask for a page that is only ever posted to.
  const get = step.get ?? (async (visit: Visit) => toDispatcher(visit));
  const routes: Route[] = [{ method: 'GET', path, handle: (context) => visiting(deps, context, whenCurrent(get)) }];
  if (post === undefined) return routes;
  return [
    ...routes,
    {
      method: 'POST',
      path,
      async handle(context) {
        const { made_for: madeFor, ...form } = await context.form();
        await visiting(deps, context, async (visit) => {
          if (!step.isCurrent(visit.next, visit) || madeFor !== visit.madeFor) return toDispatcher(visit);
          await post(visit, form);
          if (isToDispatcher(visit)) await goOn(deps, visit);
        });
      },
    },
  ];
}

/** Runs `handle` for an open attempt; shows the page that says what to do for any other. */
export async function visiting(
  deps: StepDeps,
  context: RealmContext,
  handle: (visit: Visit) => Promise<void>,
): Promise<void> {
  let arrival = await arrive(deps, context);
  for (let tries = 0; tries < patience.tries && unansweredBy(arrival) !== undefined; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, patience.everyMs));
    arrival = await arrive(deps, context);
  }
  if (arrival.ok) return handle(arrival.visit);
  if ('resume' in arrival) return context.redirect(arrival.resume);
  // Whoever was about to answer did not: that process died.
  const unanswered = unansweredBy(arrival);
  const resume = unanswered === undefined ? undefined : await tell(deps, context, unanswered);
  if (resume !== undefined) return context.redirect(resume);
  await showDeadEnd(context, deps.realms.issuerOf(context.realm), arrival.deadEnd, arrival.portal, arrival.isWaiting);
}

/** Done, and the portal not told yet. */
function unansweredBy(arrival: Arrival): Attempt | undefined {
  return !arrival.ok && 'deadEnd' in arrival && arrival.deadEnd.page === 'finished' ? arrival.unanswered : undefined;
}
