import type { Form } from '../../factors/index.ts';
import { maxPasswordLength, type PasswordFault, passwordLength } from '../../people/index.ts';
import { changePerson } from '../changing.ts';
import { faultKeys, type NewPasswordPage, type PageOf } from '../page-models.ts';
import { sendBack, whatWasWrong } from '../sent-back.ts';
import { type Faults, show } from '../show.ts';
import { onStep, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

/** As a page tells it; `invitation.ts` carries it in an address. */
export const newPasswordFaults = ['missing', 'unlike', 'too_short', 'too_long', 'common', 'like_identifier'] as const;
export type NewPasswordFault = PasswordFault | 'missing' | 'unlike';

const faultOf: Record<NewPasswordFault, string> = {
  missing: faultKeys.passwordMissing,
  unlike: faultKeys.newPasswordUnlike,
  too_short: faultKeys.newPasswordTooShort,
  too_long: faultKeys.newPasswordTooLong,
  common: faultKeys.newPasswordCommon,
  like_identifier: faultKeys.newPasswordLikeIdentifier,
};

/** What is wrong with a refused new password, for the page. */
export function newPasswordFault(why: NewPasswordFault, minLength: number): Faults {
  const fault = { key: faultOf[why], params: { minLength, maxLength: maxPasswordLength } };
  return why === 'unlike' ? { confirm_password: fault } : { new_password: fault };
}

/** The two fields' own faults, before anything is judged. */
export function newPasswordTyped(form: Form): { readonly password: string; readonly why?: 'missing' | 'unlike' } {
  const password = form['new_password'] ?? '';
  if (password === '') return { password, why: 'missing' };
  return password === form['confirm_password'] ? { password } : { password, why: 'unlike' };
}

const path = '/new-password';

export function newPasswordStep(deps: StepDeps): Step {
  const minLengthOf = ({ next, rules }: Visit) =>
    next.step === 'new-password' ? next.minLength : rules.passwordMinLength.value;

  const page = (visit: Visit) =>
    show(deps.factors, visit, {
      view: 'sign-in/new-password',
      step: 'new-password',
      titleKey: 'sign-in.new-password.title',
      action: path,
      model: {
        minLength: minLengthOf(visit),
        maxLength: maxPasswordLength,
        why: visit.person?.password === undefined ? 'none_yet' : 'too_short',
      } satisfies PageOf<NewPasswordPage>,
      faults: whatWasWrong(visit, path, deps.clock.now())?.faults,
    });

  async function post(visit: Visit, form: Form): Promise<void> {
    const { person, attempt } = visit;
    const minLength = minLengthOf(visit);
    const back = (why: NewPasswordFault) => sendBack(deps, visit, path, { faults: newPasswordFault(why, minLength) });
    const typed = newPasswordTyped(form);
    if (typed.why !== undefined) return back(typed.why);
    if (person === undefined) return toDispatcher(visit);
    let refused: PasswordFault | undefined;
    await changePerson(
      deps,
      attempt.id,
      (now) => (now.userId === person.id && now.basis === attempt.basis ? now : undefined),
      async () => {
        const set = await deps.people.setPassword(person, typed.password, { minLength });
        if (!set.ok) {
          refused = set.why;
          return undefined;
        }
        // Sessions from before the new password are over; this sign-in proved the person right after it.
        const at = deps.clock.now();
        const later = (proof: (typeof attempt.proven)[number]) =>
          proof.factor === 'password' ? { ...proof, at } : proof;
        return (now) => {
          const { sentBack: _, ...rest } = now;
          return { ...rest, passwordLength: passwordLength(typed.password), proven: now.proven.map(later) };
        };
      },
    );
    if (refused !== undefined) return back(refused);
    toDispatcher(visit);
  }

  return { path, isCurrent: onStep('new-password'), get: page, post };
}
