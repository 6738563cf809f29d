import type { Method } from '../factors/index.ts';
import type { User } from '../people/index.ts';
import type { Attempt, Proof } from './attempt.ts';
import { basisOf } from './basis.ts';
import type { StepDeps } from './step.ts';
import { type Visit, whoIs } from './visit.ts';

/**
 * The attempt is this person's from here on; what another one proved in it before is gone. `user`: as they were when the
 * proof was judged; had their password been changed since, the basis would tell.
 */
export async function nameThePerson(
  deps: StepDeps,
  { context, attempt: before }: Visit,
  user: User,
  proof: Proof,
  typed: Pick<Attempt, 'identifier' | 'passwordLength'>,
): Promise<void> {
  const { person, methods } = await whoIs(deps, user.realm, user.id);
  if (person === undefined || !isThere(proof, methods)) return;
  await deps.attempts.change(before.id, (attempt) => {
    const isSame = attempt.userId === user.id;
    const { sentBack: _s, ...same } = attempt;
    const { enrolment: _e, challenges: _c, methodId: _m, passwordLength: _p, organization: _o, ...rest } = same;
    return {
      ...(isSame ? same : rest),
      ...typed,
      userId: user.id,
      ...(context.browserMark === undefined ? {} : { boundTo: context.browserMark }),
      proven: [...(isSame ? attempt.proven.filter((each) => each.factor !== proof.factor) : []), proof],
      answers: isSame ? attempt.answers : attempt.answers.filter((answer) => answer === 'restarted'),
      basis: basisOf({ ...person, ...(user.password === undefined ? {} : { password: user.password }) }, methods),
    };
  });
}

/** A method that was taken away since it was judged would be no part of the basis, so that nobody would notice later. */
function isThere({ methodId }: Proof, methods: readonly Method[]): boolean {
  return methodId === undefined || methods.some(({ id, state }) => id === methodId && state === 'active');
}
