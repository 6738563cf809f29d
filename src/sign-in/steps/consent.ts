import type { ConsentPage, PageOf } from '../page-models.ts';
import { show } from '../show.ts';
import { onStep, recordAnswer, type Step, type StepDeps } from '../step.ts';
import type { Visit } from '../visit.ts';

/** What the portal will learn, and whether the person agrees. Declining is the way back to the portal. */
export function consentStep(deps: StepDeps): Step {
  return {
    path: '/consent',
    isCurrent: onStep('consent'),
    get: (visit: Visit) =>
      show(deps.factors, visit, {
        view: 'sign-in/consent',
        step: 'consent',
        titleKey: 'sign-in.consent.title',
        action: '/consent',
        model: {
          scopes: visit.request.scopes.filter((scope) => scope !== 'openid'),
          resources: visit.request.resources ?? [],
        } satisfies PageOf<ConsentPage>,
      }),
    post: (visit) => recordAnswer(deps, visit, 'consented'),
  };
}
