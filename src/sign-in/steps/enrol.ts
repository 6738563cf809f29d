import { z } from 'zod';
import type { Factor, FactorState, Form, MethodEvent, NewMethod } from '../../factors/index.ts';
import { GatehouseError } from '../../kernel/index.ts';
import type { Attempt } from '../attempt.ts';
import { changePerson } from '../changing.ts';
import { factorContext, personNotice } from '../factor-context.ts';
import { guessAbout } from '../guess-about.ts';
import type { EnrolPage, PageOf } from '../page-models.ts';
import { pathsOf } from '../paths.ts';
import { recordWrong, refusalFaults } from '../refusals.ts';
import { sendBack, whatWasWrong } from '../sent-back.ts';
import { show, showHeld } from '../show.ts';
import { type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

/** An enrolment under way. `everBound`: the person's count of methods when it began. */
const enrolmentShape = z.object({
  kind: z.string(),
  state: z.record(z.string(), z.unknown()),
  everBound: z.number().int(),
});

type Enrolment = z.infer<typeof enrolmentShape>;
type Enrollable = Factor & Required<Pick<Factor, 'enrolment'>>;

const pathOf = ({ kind }: Factor) => `/enrol/${kind}`;

/** Sets up a method. Only where policy's next step is that: never beside a challenge, never for who has one already. */
export function enrolStep(deps: StepDeps): Step {
  const { attempts, clock, factors, guessing } = deps;

  const factorOf = (visit: Visit): Enrollable => {
    const factor = factors.kinds.get(visit.context.params['kind'] ?? '');
    if (factor?.enrolment === undefined) throw new GatehouseError('not_found', 'no such kind to enrol');
    return { ...factor, enrolment: factor.enrolment };
  };

  /** The one under way, or a new one: a page loaded twice shows the same secret. */
  async function underWay(visit: Visit, factor: Enrollable): Promise<FactorState | undefined> {
    const current = read(visit.attempt);
    if (current?.kind === factor.kind) return current.state;
    const state = await factor.enrolment.begin(factorContext(visit, clock.now()));
    const everBound = await factors.methods.everBound(visit.request.realm, visit.person?.id ?? '');
    const fresh = JSON.stringify({ kind: factor.kind, state, everBound } satisfies Enrolment);
    const begun = await attempts.change(visit.attempt.id, (attempt) =>
      attempt.changing !== undefined
        ? undefined
        : read(attempt)?.kind === factor.kind
          ? attempt
          : { ...attempt, enrolment: fresh },
    );
    return begun.ok ? read(begun.doc)?.state : undefined;
  }

  async function page(visit: Visit): Promise<void> {
    const { next } = visit;
    if (next.step !== 'enrol' && next.step !== 'protect-account') return toDispatcher(visit);
    const factor = factorOf(visit);
    const state = await underWay(visit, factor);
    if (state === undefined) return toDispatcher(visit);
    const paths = pathsOf(visit.issuer, visit.attempt.id);
    await show(factors, visit, {
      view: `factors/${factor.kind}/enrol`,
      step: factor.enrolment.step ?? `enrol-${factor.kind}`,
      titleKey: `factor.${factor.kind}.enrol.title`,
      action: pathOf(factor),
      model: {
        kind: factor.kind,
        factor: await factor.enrolment.page(state, factorContext(visit, clock.now())),
        canPostpone: next.canPostpone,
        postponeAction: paths.full('/postpone'),
        otherKinds: next.kinds
          .filter((kind) => kind !== factor.kind)
          .map((kind) => ({ kind, href: paths.full(`/enrol/${kind}`) })),
      } satisfies PageOf<EnrolPage>,
      faults: whatWasWrong(visit, pathOf(factor), clock.now())?.faults,
    });
  }

  async function post(visit: Visit, form: Form): Promise<void> {
    const { person } = visit;
    const factor = factorOf(visit);
    const enrolment = read(visit.attempt);
    if (person === undefined || enrolment?.kind !== factor.kind) return toDispatcher(visit);
    const guessed = await guessing.guess(
      {
        ...guessAbout(visit, 'second_factor', person),
        factor: factor.kind,
        isExempt: factor.isExemptFromHolds === true,
      },
      async () => {
        const value = await factor.enrolment.submit(enrolment.state, form, factorContext(visit, clock.now()));
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
    if (!enrolled.ok) {
      if (await recordWrong(deps, visit, guessed)) return toDispatcher(visit);
      if (factor.isSpentByTry === true) await forget(visit);
      return sendBack(deps, visit, pathOf(factor), { faults: refusalFaults(enrolled.why, enrolled.field, factor) });
    }
    await bind(visit, factor, enrolment, enrolled);
    toDispatcher(visit);
  }

  /** What was tried is over; the page begins anew. Another request may have begun already. */
  const forget = (visit: Visit) =>
    attempts.change(visit.attempt.id, (attempt) =>
      attempt.enrolment === visit.attempt.enrolment ? withoutEnrolment(attempt) : attempt,
    );

  async function bind(
    visit: Visit,
    { kind, isBackup }: Factor,
    enrolment: Enrolment,
    enrolled: { readonly method: Pick<NewMethod, 'name' | 'data' | 'secret'>; readonly amr: readonly string[] },
  ): Promise<void> {
    const { person, context, attempt, request } = visit;
    if (person === undefined) return;
    const by: MethodEvent = {
      actor: { kind: 'person', id: person.id },
      portal: request.clientId,
      signIn: attempt.id,
      reference: context.reference,
      address: context.address,
      browser: context.browser,
    };
    await changePerson(
      deps,
      attempt.id,
      (now) => {
        const { enrolment: held, sentBack: _, ...rest } = now;
        return held === attempt.enrolment && now.userId === person.id && now.basis === attempt.basis ? rest : undefined;
      },
      async () => {
        const now = clock.now();
        const { name } = enrolled.method;
        const added = await factors.methods.add(
          { realm: request.realm, userId: person.id, kind, ...enrolled.method, after: enrolment.everBound },
          by,
          // N14: to the address that was there before.
          personNotice(visit, now, 'method-added', { kind, ...(name === undefined ? {} : { method: name }) }),
        );
        if (!added.ok) return undefined;
        const proof = { factor: kind, methodId: added.method.id, amr: [...enrolled.amr], at: now };
        if (isBackup !== true) {
          return (current) => ({
            ...current,
            proven: [...current.proven, proof],
            answers: [...new Set([...current.answers, 'enrolled'])],
          });
        }
        for (const old of visit.methods.filter((method) => method.kind === kind)) {
          await factors.methods.remove(request.realm, old.id, { ...by, details: { because: 'replaced' } });
        }
        // To be handed codes proves nothing.
        return (current) => ({ ...current, answers: current.answers.filter((answer) => answer !== `low:${kind}`) });
      },
    );
  }

  return {
    path: '/enrol/:kind',
    isCurrent: (next, visit) =>
      (next.step === 'enrol' || next.step === 'protect-account') &&
      next.kinds.includes(visit.context.params['kind'] ?? ''),
    get: page,
    post,
  };
}

function withoutEnrolment(attempt: Attempt): Attempt {
  const { enrolment: _, ...rest } = attempt;
  return rest;
}

function read(attempt: Attempt): Enrolment | undefined {
  return attempt.enrolment === undefined ? undefined : enrolmentShape.parse(JSON.parse(attempt.enrolment));
}
