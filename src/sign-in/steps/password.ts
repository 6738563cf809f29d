import type { Form } from '../../factors/index.ts';
import { type People, passwordLength, type User } from '../../people/index.ts';
import { basisOf } from '../basis.ts';
import { browserCookie } from '../browser-cookie.ts';
import { guessAbout } from '../guess-about.ts';
import { faultKeys, type PageOf, type PasswordPage } from '../page-models.ts';
import { sendBack, whatWasWrong } from '../sent-back.ts';
import { type Faults, show, showHeld } from '../show.ts';
import { onStep, type Step, type StepDeps, toDispatcher } from '../step.ts';
import { type Visit, whoIs } from '../visit.ts';

/** Shorter than this a wait is told on the page itself. */
const longestWaitOnPageS = 64;

const path = '/password';

export function passwordStep(deps: StepDeps): Step {
  const { clock, guessing, people, browsers } = deps;

  async function page(visit: Visit): Promise<void> {
    const { request, attempt } = visit;
    const wrong = whatWasWrong(visit, path, clock.now());
    const expected = await whoMustReturn(people, visit);
    await show(deps.factors, visit, {
      view: 'sign-in/password',
      step: 'password',
      titleKey: 'sign-in.password.title',
      action: path,
      model: { isReturning: expected !== undefined } satisfies PageOf<PasswordPage>,
      values: {
        identifier: expected ?? wrong?.values?.['identifier'] ?? attempt.identifier ?? request.loginHint ?? '',
      },
      faults: wrong?.faults,
      namesPerson: false,
    });
  }

  const back = (visit: Visit, faults: Faults, identifier: string, waitUntil?: Date) =>
    sendBack(deps, visit, path, { faults, values: { identifier }, ...(waitUntil === undefined ? {} : { waitUntil }) });

  async function post(visit: Visit, form: Form): Promise<void> {
    const { context, issuer, request } = visit;
    const identifier = form['identifier'] ?? '';
    const password = form['password'] ?? '';
    if (identifier.trim() === '' || password === '') {
      const missing = {
        ...(identifier.trim() === '' ? { identifier: { key: faultKeys.identifierMissing } } : {}),
        ...(password === '' ? { password: { key: faultKeys.passwordMissing } } : {}),
      };
      return back(visit, missing, identifier);
    }
    const user = await people.find(request.realm, identifier);
    const cookie = browserCookie(context, issuer.startsWith('https:'));
    const knownBrowser = await browsers.recognise(cookie, request.realm, user?.id ?? '');
    const guessed = await guessing.guess(
      {
        ...guessAbout(visit, 'password', user),
        identifier: people.normalise(identifier),
        ...(knownBrowser === undefined ? {} : { knownBrowser }),
      },
      async () => {
        const verdict = await people.verifyPassword(user, password, context.address);
        return { outcome: verdict === 'busy' ? 'void' : verdict, value: verdict };
      },
    );
    if (!guessed.ok) {
      if (guessed.why !== 'held') return back(visit, { '': { key: faultKeys.busy } }, identifier);
      const now = clock.now();
      const seconds = Math.max(1, Math.ceil((guessed.hold.until.getTime() - now.getTime()) / 1000));
      if (guessed.hold.kind === 'hold' || seconds > longestWaitOnPageS) {
        return showHeld(deps.factors, visit, guessed.hold, 'password', now);
      }
      return back(visit, { '': { key: faultKeys.wait, params: { seconds } } }, identifier, guessed.hold.until);
    }
    if (guessed.value === 'busy') return back(visit, { '': { key: faultKeys.busy } }, identifier);
    if (guessed.value === 'wrong' || user === undefined) {
      return back(visit, { '': { key: faultKeys.passwordWrong } }, identifier);
    }
    await prove(visit, user, identifier, password);
    toDispatcher(visit);
  }

  /** The attempt is this person's from here on; what another one proved in it before is gone. */
  async function prove(visit: Visit, user: User, identifier: string, password: string): Promise<void> {
    const { context } = visit;
    const { person, methods } = await whoIs(deps, user.realm, user.id);
    if (person === undefined) return;
    const proof = { factor: 'password', amr: ['pwd'], at: clock.now() };
    await deps.attempts.change(visit.attempt.id, (attempt) => {
      const isSame = attempt.userId === user.id;
      const { sentBack: _s, ...same } = attempt;
      const { enrolment: _e, challenges: _c, methodId: _m, ...rest } = same;
      return {
        ...(isSame ? same : rest),
        userId: user.id,
        identifier,
        ...(context.browserMark === undefined ? {} : { boundTo: context.browserMark }),
        proven: [...(isSame ? attempt.proven.filter((each) => each.factor !== 'password') : []), proof],
        answers: isSame ? attempt.answers : attempt.answers.filter((answer) => answer === 'restarted'),
        passwordLength: passwordLength(password),
        // The password was right for `user`: had it been changed since, the basis would tell.
        basis: basisOf({ ...person, ...(user.password === undefined ? {} : { password: user.password }) }, methods),
      };
    });
  }

  return { path, isCurrent: onStep('password'), get: (visit) => page(visit), post };
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
