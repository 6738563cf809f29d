import type { PageOf, SummaryPage } from '../page-models.ts';
import { show } from '../show.ts';
import { onStep, recordAnswer, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

/** What the person has now, once the set-up is through: which is asked first, which is for when that is out of reach. */
export function summaryStep(deps: StepDeps): Step {
  async function page(visit: Visit): Promise<void> {
    const { next } = visit;
    if (next.step !== 'summary') return toDispatcher(visit);
    const methods = next.methods.flatMap((id) => visit.methods.find((method) => method.id === id) ?? []);
    const isBackup = (kind: string) => deps.factors.kinds.get(kind)?.isBackup === true;
    const primary = methods.find(({ kind }) => !isBackup(kind));
    await show(deps.factors, visit, {
      view: 'sign-in/summary',
      step: 'summary',
      titleKey: 'sign-in.summary.title',
      action: '/summary',
      model: {
        methods: methods.map((method) => ({
          kind: method.kind,
          name: method.name,
          place: isBackup(method.kind) ? 'backup' : method === primary ? 'primary' : 'secondary',
        })),
      } satisfies PageOf<SummaryPage>,
    });
  }

  return {
    path: '/summary',
    isCurrent: onStep('summary'),
    get: page,
    post: (visit) => recordAnswer(deps, visit, 'summary_seen'),
  };
}
