import type { Enrolled, Factor, MethodEvent } from '../factors/index.ts';
import { withMethod } from './answered.ts';
import { changePerson } from './changing.ts';
import type { Enrolment } from './enrolment.ts';
import { personNotice } from './factor-context.ts';
import type { StepDeps } from './step.ts';
import type { Visit } from './visit.ts';

/** Binds what was proven to the person, tells them, and counts it as a proof of this sign-in. */
export async function bindMethod(
  deps: StepDeps,
  visit: Visit,
  { kind, isBackup }: Factor,
  enrolment: Enrolment,
  enrolled: Extract<Enrolled, { readonly ok: true }>,
): Promise<void> {
  const { clock, factors } = deps;
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
        // N14: to the addresses that were there before.
        personNotice(visit, now, 'method-added', { kind, ...(name === undefined ? {} : { method: name }) }),
      );
      if (!added.ok) return undefined;
      const proof = { factor: kind, methodId: added.method.id, amr: [...enrolled.amr], at: now };
      const replaced = isBackup === true ? visit.methods.filter((method) => method.kind === kind) : [];
      for (const old of replaced) {
        await factors.methods.remove(request.realm, old.id, { ...by, details: { because: 'replaced' } });
      }
      return (current) => withMethod(current, proof, isBackup === true);
    },
  );
}
