import type { Asking, Factor, Form } from '../../factors/index.ts';
import { GatehouseError } from '../../kernel/index.ts';
import type { Attempt } from '../attempt.ts';
import { bindMethod } from '../bind-method.ts';
import { type Enrolment, readEnrolment, withoutEnrolment } from '../enrolment.ts';
import { factorContext } from '../factor-context.ts';
import { guessAbout } from '../guess-about.ts';
import type { EnrolPage, PageOf } from '../page-models.ts';
import { pathsOf } from '../paths.ts';
import { recordWrong, refusalFaults } from '../refusals.ts';
import { resendPart, tooEarly } from '../resend.ts';
import { sendBack, whatWasWrong } from '../sent-back.ts';
import { show, showHeld } from '../show.ts';
import { type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';
import { chooseAction } from './choose-method.ts';

type Enrollable = Factor & Required<Pick<Factor, 'enrolment'>>;

const firstView = 'enrol';

const pathOf = ({ kind }: Factor) => `/enrol/${kind}`;

/** Sets up a method. Only where policy's next step is that: never beside a challenge, never for who has one already. */
export function enrolSteps(deps: StepDeps): readonly Step[] {
  const { attempts, clock, factors, guessing } = deps;

  const factorOf = (visit: Visit): Enrollable => {
    const factor = factors.kinds.get(visit.context.params['kind'] ?? '');
    if (factor?.enrolment === undefined) throw new GatehouseError('not_found', 'no such kind to enrol');
    return { ...factor, enrolment: factor.enrolment };
  };

  /** The one under way, or a new one: a page loaded twice shows the same secret. */
  async function underWay(visit: Visit, factor: Enrollable): Promise<Enrolment | undefined> {
    const current = readEnrolment(visit.attempt);
    if (current?.kind === factor.kind) return current;
    const state = await factor.enrolment.begin(factorContext(deps, visit));
    const everBound = await factors.methods.everBound(visit.request.realm, visit.person?.id ?? '');
    const fresh = JSON.stringify({ kind: factor.kind, state, everBound } satisfies Enrolment);
    const begun = await attempts.change(visit.attempt.id, (attempt) =>
      !isTheirs(attempt, visit) || attempt.changing !== undefined
        ? undefined
        : readEnrolment(attempt)?.kind === factor.kind
          ? attempt
          : { ...attempt, enrolment: fresh },
    );
    return begun.ok ? readEnrolment(begun.doc) : undefined;
  }

  async function page(visit: Visit): Promise<void> {
    const { next } = visit;
    if (next.step !== 'enrol' && next.step !== 'protect-account') return toDispatcher(visit);
    const factor = factorOf(visit);
    const under = await underWay(visit, factor);
    if (under === undefined) return toDispatcher(visit);
    const { state } = under;
    const wrong = whatWasWrong(visit, pathOf(factor), clock.now());
    if (wrong === undefined && (await factor.enrolment.isAnswered?.(state, factorContext(deps, visit))) === true) {
      return judge(visit, factor, under, {});
    }
    const view = factor.enrolment.view?.(state) ?? firstView;
    const paths = pathsOf(visit.issuer, visit.attempt.id);
    await show(factors, visit, {
      view: `factors/${factor.kind}/${view}`,
      step: factor.enrolment.step ?? `enrol-${factor.kind}`,
      titleKey: `factor.${factor.kind}.${view}.title`,
      action: pathOf(factor),
      model: {
        kind: factor.kind,
        factor: await factor.enrolment.page(state, factorContext(deps, visit)),
        resend: resendPart(factor.enrolment.resend?.from(state), paths.full(`${pathOf(factor)}/resend`), clock.now()),
        againAction: view === firstView ? undefined : paths.full(`${pathOf(factor)}/again`),
        canPostpone: next.canPostpone,
        postponeAction: paths.full('/postpone'),
        chooseAction: chooseAction(visit),
        otherKinds: next.kinds
          .filter((kind) => kind !== factor.kind)
          .map((kind) => ({ kind, href: paths.full(`/enrol/${kind}`) })),
      } satisfies PageOf<EnrolPage>,
      faults: wrong?.faults,
      ...(wrong?.values === undefined ? {} : { values: wrong.values }),
    });
  }

  async function post(visit: Visit, form: Form): Promise<void> {
    const factor = factorOf(visit);
    const enrolment = readEnrolment(visit.attempt);
    return enrolment?.kind === factor.kind ? judge(visit, factor, enrolment, form) : toDispatcher(visit);
  }

  async function judge(visit: Visit, factor: Enrollable, enrolment: Enrolment, form: Form): Promise<void> {
    const { person } = visit;
    if (person === undefined) return toDispatcher(visit);
    const guessed = await guessing.guess(
      {
        ...guessAbout(visit, 'second_factor', person),
        factor: factor.kind,
        isExempt: factor.isExemptFromHolds === true,
      },
      async () => {
        const value = await factor.enrolment.submit(enrolment.state, form, factorContext(deps, visit));
        // To prove one's own new secret is no success against an old one: nothing is reset.
        const isCounted = !value.ok && (value.why === 'wrong' || value.why === 'replayed');
        return { outcome: isCounted ? 'wrong' : 'void', value };
      },
    );
    if (!guessed.ok) {
      if (guessed.why === 'held') return showHeld(factors, visit, guessed.hold, 'code', clock.now());
      if (guessed.why === 'busy') return sendBack(deps, visit, pathOf(factor), { faults: refusalFaults('busy', '') });
      await recordWrong(deps, visit, guessed);
      return toDispatcher(visit);
    }
    const enrolled = guessed.value;
    if (enrolled.ok === 'more') {
      await goOn(visit, enrolment, enrolled);
      return toPage(visit, factor);
    }
    if (!enrolled.ok) {
      if (await recordWrong(deps, visit, guessed)) return toDispatcher(visit);
      if (factor.isSpentByTry === true) await forget(visit);
      const { why, field, says } = enrolled;
      const faults = says === undefined ? refusalFaults(why, field, factor) : { [field]: { key: says } };
      const kept = (factor.enrolment.keeps ?? []).map((name) => [name, form[name] ?? ''] as const);
      return sendBack(deps, visit, pathOf(factor), { faults, values: Object.fromEntries(kept) });
    }
    await bindMethod(deps, visit, factor, enrolment, enrolled);
    toDispatcher(visit);
  }

  /** What was tried is over; the page begins anew. Another request may have begun already. */
  const forget = (visit: Visit) =>
    attempts.change(visit.attempt.id, (attempt) =>
      isTheirs(attempt, visit) && attempt.enrolment === visit.attempt.enrolment ? withoutEnrolment(attempt) : attempt,
    );

  /** The next page of the same enrolment, unless another request went on already; what must be sent is sent once. */
  async function goOn(visit: Visit, { kind, everBound }: Enrolment, { state, outbox = [], deliver }: Asking) {
    const text = (next: Asking['state']) => JSON.stringify({ kind, state: next, everBound } satisfies Enrolment);
    let isMine = false;
    const kept = await attempts.change(visit.attempt.id, (attempt) => {
      const isAsBefore = isTheirs(attempt, visit) && attempt.enrolment === visit.attempt.enrolment;
      isMine = isAsBefore && attempt.changing === undefined;
      return isMine
        ? { ...attempt, enrolment: text(state), outbox: [...(attempt.outbox ?? []), ...outbox] }
        : undefined;
    });
    const delivered = kept.ok && isMine ? await deliver?.() : undefined;
    if (delivered === undefined) return;
    await attempts.change(visit.attempt.id, (attempt) =>
      attempt.enrolment === text(state) ? { ...attempt, enrolment: text(delivered) } : undefined,
    );
  }

  async function resend(visit: Visit, form: Form): Promise<void> {
    const factor = factorOf(visit);
    const enrolment = readEnrolment(visit.attempt);
    const { resend: again } = factor.enrolment;
    if (again === undefined || enrolment?.kind !== factor.kind) return toDispatcher(visit);
    const path = pathOf(factor);
    const refused = tooEarly(again.from(enrolment.state), clock.now());
    if (refused !== undefined) return sendBack(deps, visit, path, { faults: refusalFaults(refused, '', factor) });
    const asking = await again.send(enrolment.state, form, factorContext(deps, visit));
    if ('refused' in asking) {
      return sendBack(deps, visit, path, { faults: refusalFaults(asking.refused, asking.field, factor) });
    }
    await goOn(visit, enrolment, asking);
    toPage(visit, factor);
  }

  async function beginAgain(visit: Visit): Promise<void> {
    await forget(visit);
    toPage(visit, factorOf(visit));
  }

  const isCurrent: Step['isCurrent'] = (next, visit) =>
    (next.step === 'enrol' || next.step === 'protect-account') &&
    next.kinds.includes(visit.context.params['kind'] ?? '');

  return [
    { path: '/enrol/:kind', isCurrent, get: page, post },
    { path: '/enrol/:kind/resend', isCurrent, post: resend },
    { path: '/enrol/:kind/again', isCurrent, post: beginAgain },
  ];
}

/** What is begun for one person is not for whoever goes on in the same sign-in as somebody else. */
const isTheirs = (attempt: Attempt, visit: Visit) => attempt.userId === visit.attempt.userId;

/** Of several kinds on offer, the dispatcher would open the first. */
function toPage(visit: Visit, factor: Factor): void {
  visit.context.redirect(pathsOf(visit.issuer, visit.attempt.id).below(pathOf(factor)));
}
