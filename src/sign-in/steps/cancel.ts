import type { Route } from '../../http/index.ts';
import { visiting } from '../dispatcher.ts';
import type { StepDeps } from '../step.ts';

/** Back to the portal without signing in; from the pages of an ended attempt as well, while the portal waits. */
export function cancelRoutes(deps: StepDeps): Route[] {
  const path = '/sign-in/:uid/cancel';
  return [
    {
      method: 'POST',
      path,
      async handle(context) {
        const { made_for: madeFor } = await context.form();
        const uid = context.params['uid'] ?? '';
        const found = await deps.interactions.find(context, context.realm.id, uid);
        const attempt = await deps.attempts.get(context.realm.id, uid);
        // A tab of before somebody else was named does not end their sign-in; pages of an ended one are made for nobody.
        const isAnothers = attempt?.state === 'open' && madeFor !== deps.madeFor(attempt);
        if (!found.ok || attempt?.state === 'done' || isAnothers) {
          return visiting(deps, context, async (visit) => context.redirect(`/sign-in/${visit.attempt.id}`));
        }
        await deps.attempts.end(uid, 'cancelled', { address: context.address, browser: context.browser });
        // Between the two a sign-in may have been completed: what was first counts.
        const now = await deps.attempts.get(context.realm.id, uid);
        if (now?.state === 'done') return context.redirect(`/sign-in/${encodeURIComponent(uid)}`);
        context.redirect(
          await deps.interactions.abort(context, uid, 'access_denied', 'the person went back to the portal'),
        );
      },
    },
    {
      method: 'GET',
      path,
      handle: async (context) => context.redirect(`/sign-in/${encodeURIComponent(context.params['uid'] ?? '')}`),
    },
  ];
}
