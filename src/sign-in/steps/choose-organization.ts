import type { Form } from '../../factors/index.ts';
import type { ChooseOrganizationPage, PageOf } from '../page-models.ts';
import { show } from '../show.ts';
import { onStep, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

const path = '/choose-organization';

/** Which of several organizations this session is for. Only those on the page can be chosen. */
export function chooseOrganizationStep(deps: StepDeps): Step {
  return {
    path,
    isCurrent: onStep('choose-organization'),
    get: (visit: Visit) =>
      show(deps.factors, visit, {
        view: 'sign-in/choose-organization',
        step: 'choose-organization',
        titleKey: 'sign-in.choose-organization.title',
        action: path,
        model: { organizations: visit.bonds.choices } satisfies PageOf<ChooseOrganizationPage>,
      }),
    async post(visit: Visit, form: Form) {
      const chosen = visit.bonds.choices.find(({ id }) => id === form['organization']);
      if (chosen === undefined) return toDispatcher(visit);
      await deps.attempts.change(visit.attempt.id, (attempt) =>
        attempt.userId === visit.attempt.userId ? { ...attempt, organization: chosen.id } : undefined,
      );
      toDispatcher(visit);
    },
  };
}
