import type { Form } from '../../factors/index.ts';
import { maxPasswordLength, type PasswordFault, passwordLength } from '../../people/index.ts';
import { changePerson } from '../changing.ts';
import { faultKeys, type NewPasswordPage, type PageOf } from '../page-models.ts';
import { type Faults, show } from '../show.ts';
import { onStep, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

const faultOf: Record<PasswordFault, string> = {
  too_short: faultKeys.newPasswordTooShort,
  too_long: faultKeys.newPasswordTooLong,
  common: faultKeys.newPasswordCommon,
  like_identifier: faultKeys.newPasswordLikeIdentifier,
};

/** What is wrong with a refused new password, for the page. */
export function newPasswordFault(why: PasswordFault, minLength: number): Faults {
  return { new_password: { key: faultOf[why], params: { minLength, maxLength: maxPasswordLength } } };
}

/** The two fields' own faults, before anything is judged. */
export function newPasswordTyped(form: Form): { readonly password: string; readonly faults: Faults | undefined } {
  const password = form['new_password'] ?? '';
  if (password === '') return { password, faults: { new_password: { key: faultKeys.passwordMissing } } };
  if (password === form['confirm_password']) return { password, faults: undefined };
  return { password, faults: { confirm_password: { key: faultKeys.newPasswordUnlike } } };
}

export function newPasswordStep(deps: StepDeps): Step {
  const minLengthOf = ({ next, rules }: Visit) =>
    next.step === 'new-password' ? next.minLength : rules.passwordMinLength.value;

  const page = (visit: Visit, faults?: Faults) =>
    show(deps.factors, visit, {
      view: 'sign-in/new-password',
      step: 'new-password',
      titleKey: 'sign-in.new-password.title',
      action: '/new-password',
      model: {
        minLength: minLengthOf(visit),
        maxLength: maxPasswordLength,
        why: visit.person?.password === undefined ? 'none_yet' : 'too_short',
      } satisfies PageOf<NewPasswordPage>,
      faults,
    });

  async function post(visit: Visit, form: Form): Promise<void> {
    const { person, attempt } = visit;
    const typed = newPasswordTyped(form);
    if (typed.faults !== undefined) return page(visit, typed.faults);
    if (person === undefined) return toDispatcher(visit);
    const minLength = minLengthOf(visit);
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
        return (now) => ({ ...now, passwordLength: passwordLength(typed.password), proven: now.proven.map(later) });
      },
    );
    if (refused !== undefined) return page(visit, newPasswordFault(refused, minLength));
    toDispatcher(visit);
  }

  return { path: '/new-password', isCurrent: onStep('new-password'), get: (visit) => page(visit), post };
}
