import type { Form } from '../../factors/index.ts';
import type { Next } from '../../policy/index.ts';
import { chosenPrefix, withChoice, withoutChoice } from '../answered.ts';
import type { ChooseMethodPage, PageOf, SecondMethodPage } from '../page-models.ts';
import { pathsOf } from '../paths.ts';
import { show } from '../show.ts';
import { onStep, recordAnswer, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

const choosePath = '/choose-method';
const skipPath = '/second-method/skip';

/** Where a page of a chosen kind leads back to the choice; undefined when nothing was chosen. */
export function chooseAction({ attempt, issuer }: Visit): string | undefined {
  const isChosen = attempt.answers.some((answer) => answer.startsWith(chosenPrefix));
  return isChosen ? pathsOf(issuer, attempt.id).full(choosePath) : undefined;
}

/** Which kind to set up: the first method, or a second of another kind. To choose proves nothing and can be taken back. */
export function chooseMethodSteps(deps: StepDeps): readonly Step[] {
  async function chooseMethod(visit: Visit): Promise<void> {
    const { next } = visit;
    if (next.step !== 'choose-method') return toDispatcher(visit);
    await show(deps.factors, visit, {
      view: 'sign-in/choose-method',
      step: 'choose-method',
      titleKey: 'sign-in.choose-method.title',
      action: choosePath,
      model: {
        kinds: next.kinds.map((kind) => ({ kind })),
        canPostpone: next.canPostpone,
        postponeAction: pathsOf(visit.issuer, visit.attempt.id).full('/postpone'),
      } satisfies PageOf<ChooseMethodPage>,
    });
  }

  async function secondMethod(visit: Visit): Promise<void> {
    const { next } = visit;
    if (next.step !== 'second-method') return toDispatcher(visit);
    await show(deps.factors, visit, {
      view: 'sign-in/second-method',
      step: 'second-method',
      titleKey: 'sign-in.second-method.title',
      action: choosePath,
      model: {
        kinds: next.kinds.map((kind) => ({ kind })),
        canSkip: next.canSkip,
        skipAction: pathsOf(visit.issuer, visit.attempt.id).full(skipPath),
      } satisfies PageOf<SecondMethodPage>,
    });
  }

  async function choose(visit: Visit, form: Form): Promise<void> {
    const wanted = form['method'] ?? '';
    if (wanted !== '' && !kindsOn(visit.next).includes(wanted)) return toDispatcher(visit);
    await deps.attempts.change(visit.attempt.id, (attempt) => {
      if (attempt.userId !== visit.attempt.userId) return undefined;
      const answers = wanted === '' ? withoutChoice(attempt.answers) : withChoice(attempt.answers, wanted);
      return { ...attempt, answers };
    });
    toDispatcher(visit);
  }

  return [
    {
      path: choosePath,
      isCurrent: (next) => kindsOn(next).length > 0,
      get: chooseMethod,
      post: choose,
    },
    { path: '/second-method', isCurrent: onStep('second-method'), get: secondMethod },
    {
      path: skipPath,
      isCurrent: (next) => next.step === 'second-method' && next.canSkip,
      post: (visit) => recordAnswer(deps, visit, 'second_skipped'),
    },
  ];
}

function kindsOn(next: Next): readonly string[] {
  switch (next.step) {
    case 'choose-method':
    case 'second-method':
    case 'enrol':
    case 'protect-account':
      return next.kinds;
    default:
      return [];
  }
}
