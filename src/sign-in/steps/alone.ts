import { auditEvent } from '../../audit/index.ts';
import type { Form, Identified } from '../../factors/index.ts';
import { type Alone, aloneKey, offeredAlone } from '../alone.ts';
import { readChallenges, takeChallenge } from '../challenges.ts';
import { factorContext } from '../factor-context.ts';
import { nameThePerson } from '../name-the-person.ts';
import { refusalFaults } from '../refusals.ts';
import { sendBack } from '../sent-back.ts';
import { passwordPath } from '../show-password.ts';
import { type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

export function aloneStep(deps: StepDeps): Step {
  const { attempts, clock, guessing, people } = deps;
  const asked = (visit: Visit) =>
    offeredAlone(deps, visit).find((factor) => factor.kind === visit.context.params['kind']);

  async function judge(visit: Visit, { kind, alone }: Alone, form: Form): Promise<Identified> {
    const state = readChallenges(visit.attempt)[aloneKey(kind)] ?? {};
    // One try for each challenge, right or wrong.
    if (!(await takeChallenge(attempts, visit.attempt, aloneKey(kind)))) return { ok: false, why: 'expired' };
    return alone.identify(state, form, factorContext(deps, visit));
  }

  async function post(visit: Visit, form: Form): Promise<void> {
    const factor = asked(visit);
    if (factor === undefined) return toDispatcher(visit);
    // Counted for the address alone: whom it is about is not known before it is right, and nobody guesses signatures.
    const value = await guessing.withinAddressLimit(
      visit.context.address,
      () => judge(visit, factor, form),
      (identified) => !identified.ok && identified.why === 'wrong',
    );
    if (!value.ok) {
      // Posted twice: the first post named the person, or is about to.
      if (value.why === 'expired' && (await isNamedSoon(visit))) return toDispatcher(visit);
      if (value.why === 'wrong') await tell(visit, factor.kind);
      return sendBack(deps, visit, passwordPath, { faults: refusalFaults(value.why, '', factor) });
    }
    const user = await people.get(visit.request.realm, value.userId);
    if (user === undefined) return sendBack(deps, visit, passwordPath, { faults: refusalFaults('wrong', '', factor) });
    const proof = { factor: factor.kind, methodId: value.methodId, amr: [...value.amr], at: clock.now() };
    await nameThePerson(deps, visit, user, proof, {});
    toDispatcher(visit);
  }

  const tell = ({ attempt, context, request }: Visit, factor: string) =>
    attempts.change(attempt.id, (now) => {
      const event = auditEvent(clock.now(), {
        type: 'first_factor.refused',
        realm: request.realm,
        actor: { kind: 'system' },
        portal: request.clientId,
        signIn: attempt.id,
        reference: context.reference,
        address: context.address,
        browser: context.browser,
        details: { factor },
      });
      return { ...now, outbox: [...(now.outbox ?? []), event] };
    });

  async function isNamedSoon(visit: Visit): Promise<boolean> {
    const kind = visit.context.params['kind'];
    for (let tries = 0; tries < 20; tries += 1) {
      const attempt = await attempts.get(visit.request.realm, visit.attempt.id);
      if (attempt?.state !== 'open' || attempt.proven.some((proof) => proof.factor === kind)) return true;
      // A fresh challenge means that the other one was refused.
      if (readChallenges(attempt)[aloneKey(kind ?? '')] !== undefined) return false;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return false;
  }

  return { path: '/alone/:kind', isCurrent: (_, visit) => asked(visit) !== undefined, post };
}
