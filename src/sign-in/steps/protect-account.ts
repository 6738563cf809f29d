import type { PageOf, ProtectAccountPage } from '../page-models.ts';
import { pathsOf } from '../paths.ts';
import { show } from '../show.ts';
import { onStep, recordAnswer, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

/** Why a second factor, and what to start with. Beginning and *Not now* are answers, kept in the attempt. */
export function protectAccountSteps(deps: StepDeps): readonly Step[] {
  async function page(visit: Visit): Promise<void> {
    const { next } = visit;
    if (next.step !== 'protect-account') return toDispatcher(visit);
    const paths = pathsOf(visit.issuer, visit.attempt.id);
    await show(deps.factors, visit, {
      view: 'sign-in/protect-account',
      step: 'protect-account',
      titleKey: 'sign-in.protect-account.title',
      action: '/protect-account',
      model: {
        startAction: paths.full('/protect-account'),
        canPostpone: next.canPostpone,
        postponeAction: paths.full('/postpone'),
        postponeUntil: next.postponement?.until,
        postponementsLeft: next.postponement?.left,
        kinds: next.kinds.map((kind) => ({ kind })),
        isRequired: !next.canPostpone || next.postponement !== undefined,
      } satisfies PageOf<ProtectAccountPage>,
    });
  }

  /** Counted with the person where a grace says so: once in a sign-in, whatever is posted twice. */
  async function postpone(visit: Visit): Promise<void> {
    const { person, attempt, next, request } = visit;
    let isFirst = false;
    await deps.attempts.change(attempt.id, (now) => {
      isFirst = now.userId === attempt.userId && !now.answers.includes('postponed');
      return isFirst ? { ...now, answers: [...now.answers, 'postponed'] } : undefined;
    });
    if (isFirst && person !== undefined && next.reasons.some(({ rule }) => rule === 'grace')) {
      await deps.people.update(request.realm, person.id, (user) => {
        const { times = 0, since = deps.clock.now() } = user.postponed ?? {};
        return { ...user, postponed: { times: times + 1, since } };
      });
    }
    toDispatcher(visit);
  }

  const answer = (text: string) => (visit: Visit) => recordAnswer(deps, visit, text);

  return [
    { path: '/protect-account', isCurrent: onStep('protect-account'), get: page, post: answer('started') },
    {
      path: '/postpone',
      isCurrent: (next) => 'canPostpone' in next && next.canPostpone,
      post: postpone,
    },
  ];
}
