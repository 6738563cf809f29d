import type { People } from '../people/index.ts';
import { aloneParts } from './alone.ts';
import type { PageOf, PasswordPage } from './page-models.ts';
import { whatWasWrong } from './sent-back.ts';
import { show } from './show.ts';
import type { StepDeps } from './step.ts';
import type { Visit } from './visit.ts';

/** Below `/sign-in/:uid`. */
export const passwordPath = '/password';

/** Identifier and password, or what policy allows instead. */
export async function showPassword(deps: StepDeps, visit: Visit): Promise<void> {
  const { request, attempt } = visit;
  const wrong = whatWasWrong(visit, passwordPath, deps.clock.now());
  const expected = await whoMustReturn(deps.people, visit);
  const alone = await aloneParts(deps, visit);
  await show(deps.factors, visit, {
    view: 'sign-in/password',
    step: 'password',
    titleKey: 'sign-in.password.title',
    action: passwordPath,
    model: {
      isReturning: expected !== undefined,
      alone,
      autofill: alone.map((part) => ` ${part.autofill}`).join(''),
    } satisfies PageOf<PasswordPage>,
    values: {
      identifier: expected ?? wrong?.values?.['identifier'] ?? attempt.identifier ?? request.loginHint ?? '',
    },
    faults: wrong?.faults,
    namesPerson: false,
  });
}

/** The identifier of the only person who can go on, where the browser's own session or the portal names them. */
async function whoMustReturn(
  people: Pick<People, 'get'>,
  { request, person, attempt }: Visit,
): Promise<string | undefined> {
  if (attempt.answers.includes('restarted') || request.mustBe === undefined) return undefined;
  // Only who has a session here is named; a hint by the portal alone names nobody to a stranger.
  if (request.session?.userId !== request.mustBe) return undefined;
  const user = person?.id === request.mustBe ? person : await people.get(request.realm, request.mustBe);
  return user?.email ?? user?.username;
}
