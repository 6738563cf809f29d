import type { Form } from '../../factors/index.ts';
import { GatehouseError } from '../../kernel/index.ts';
import { passwordLength, type Trust } from '../../people/index.ts';
import { browserCookie } from '../browser-cookie.ts';
import { guessAbout } from '../guess-about.ts';
import { addressRange } from '../guessing/address-range.ts';
import { createCredence } from '../guessing/credence.ts';
import { nameThePerson } from '../name-the-person.ts';
import { faultKeys } from '../page-models.ts';
import { sendBack, wasPasswordWrong } from '../sent-back.ts';
import { type Faults, showHeld } from '../show.ts';
import { passwordPath, showPassword } from '../show-password.ts';
import { onStep, type Step, type StepDeps, toDispatcher } from '../step.ts';
import type { Visit } from '../visit.ts';

/** Shorter than this a wait is told on the page itself. */
const longestWaitOnPageS = 64;
/** When to try again where passwords are turned away. */
const crowdedForS = 3;

export function passwordStep(deps: StepDeps): Step {
  const { clock, guessing, people, browsers } = deps;
  const credence = createCredence();

  const back = (visit: Visit, faults: Faults, identifier: string, waitUntil?: Date) =>
    sendBack(deps, visit, passwordPath, {
      faults,
      values: { identifier },
      ...(waitUntil === undefined ? {} : { waitUntil }),
    });

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
    const knownBrowser = (await browsers.recognise(cookie, request.realm, user?.id ?? ''))?.id;
    const range = addressRange(context.address);
    const evidence = { range, password, isKnownBrowser: knownBrowser !== undefined, wasWrong: wasPasswordWrong(visit) };
    let trust: Trust = 'ordinary';
    const guessed = await guessing.guess(
      {
        ...guessAbout(visit, 'password', user),
        identifier: people.normalise(identifier),
        ...(knownBrowser === undefined ? {} : { knownBrowser }),
      },
      async () => {
        const verdict = await people.verifyPassword(user, password, range, trust);
        credence.learn(evidence, verdict === 'busy' ? 'turned away' : verdict);
        return { outcome: verdict === 'busy' ? 'void' : verdict, value: verdict };
      },
      (wrongFromRange) => {
        trust = credence.trust({ ...evidence, wrongFromRange });
        const admits = people.admitsPassword(range, trust);
        if (!admits) credence.learn(evidence, 'turned away');
        return admits;
      },
    );
    if (!guessed.ok) {
      if (guessed.why === 'crowded') throw crowded();
      if (guessed.why !== 'held') return back(visit, { '': { key: faultKeys.busy } }, identifier);
      const now = clock.now();
      const seconds = Math.max(1, Math.ceil((guessed.hold.until.getTime() - now.getTime()) / 1000));
      if (guessed.hold.kind === 'hold' || seconds > longestWaitOnPageS) {
        return showHeld(deps.factors, visit, guessed.hold, 'password', now);
      }
      return back(visit, { '': { key: faultKeys.wait, params: { seconds } } }, identifier, guessed.hold.until);
    }
    if (guessed.value === 'busy') throw crowded();
    if (guessed.value === 'wrong' || user === undefined) {
      return back(visit, { '': { key: faultKeys.passwordWrong } }, identifier);
    }
    const proof = { factor: 'password', amr: ['pwd'], at: clock.now() };
    await nameThePerson(deps, visit, user, proof, { identifier, passwordLength: passwordLength(password) });
    toDispatcher(visit);
  }

  /** Told by the cheapest page there is, which writes nothing. */
  const crowded = () =>
    new GatehouseError('too_many', 'more passwords than can be hashed', {
      messageKey: faultKeys.busy,
      retryAfterS: crowdedForS,
    });

  return { path: passwordPath, isCurrent: onStep('password'), get: (visit) => showPassword(deps, visit), post };
}
