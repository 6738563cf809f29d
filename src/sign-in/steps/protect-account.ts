import { auditEvent } from '../../audit/index.ts';
import type { Next } from '../../policy/index.ts';
import { eventOf } from '../event-of.ts';
import type { PageOf, ProtectAccountPage } from '../page-models.ts';
import { pathsOf } from '../paths.ts';
import { countPostponement } from '../postponements.ts';
import { show } from '../show.ts';
import { onStep, recordAnswer, type Step, type StepDeps, toDispatcher } from '../step.ts';
import { arrive, type Visit } from '../visit.ts';

/** Others of the same person that may be counted in between. */
const triesToCount = 10;

const canPostpone = (next: Next) => 'canPostpone' in next && next.canPostpone;

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

  /** Counted with the person first, where a grace says so: an answer that is not counted would be one more than allowed. */
  async function postpone(asked: Visit): Promise<void> {
    let visit: Visit | undefined = asked;
    for (let tries = 0; tries < triesToCount && visit !== undefined; tries += 1) {
      const isCounted = visit.next.reasons.some(({ rule }) => rule === 'grace');
      if (!isCounted || (await countPostponement(deps.people, visit, deps.clock.now()))) {
        return recordAnswer(deps, visit, 'postponed');
      }
      visit = await stillPostponable(asked);
    }
    toDispatcher(asked);
  }

  /** The same sign-in as it stands now, if it may still be put off. */
  async function stillPostponable({ context, madeFor }: Visit): Promise<Visit | undefined> {
    const arrival = await arrive(deps, context);
    if (!arrival.ok || arrival.visit.madeFor !== madeFor) return undefined;
    return canPostpone(arrival.visit.next) ? arrival.visit : undefined;
  }

  const start = (visit: Visit) => {
    const event = auditEvent(deps.clock.now(), { ...eventOf(visit), type: 'set_up.begun' });
    return recordAnswer(deps, visit, 'started', [event]);
  };

  return [
    { path: '/protect-account', isCurrent: onStep('protect-account'), get: page, post: start },
    {
      path: '/postpone',
      isCurrent: canPostpone,
      post: postpone,
    },
  ];
}
