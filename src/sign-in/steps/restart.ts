import type { RealmContext, Route } from '../../http/index.ts';
import { visiting } from '../dispatcher.ts';
import { type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

/**
 * "Not you?": the same attempt from its beginning, for anybody. The browser's session stays, and is not built on. A link
 * as well as a form: all it can lose is this browser's own progress.
 */
export function restartRoutes(deps: StepDeps): Route[] {
  const restart = async (visit: Visit) => {
    await deps.attempts.change(visit.attempt.id, (attempt) => ({
      id: attempt.id,
      realm: attempt.realm,
      portal: attempt.portal,
      state: 'open',
      proven: [],
      // Wrong codes are the attempt's, whoever made them.
      wrongCodes: attempt.wrongCodes,
      answers: ['restarted'],
      reference: attempt.reference,
      createdAt: attempt.createdAt,
      expiresAt: attempt.expiresAt,
      removeAt: attempt.removeAt,
      ...(attempt.outbox === undefined ? {} : { outbox: attempt.outbox }),
    }));
    toDispatcher(visit);
  };
  const path = '/sign-in/:uid/restart';
  return [
    { method: 'GET', path, handle: (context: RealmContext) => visiting(deps, context, restart) },
    {
      method: 'POST',
      path,
      async handle(context) {
        await context.form();
        await visiting(deps, context, restart);
      },
    },
  ];
}
