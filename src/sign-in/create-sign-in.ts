import type { Binding } from '../binding/index.ts';
import type { Factors } from '../factors/index.ts';
import type { RealmContext, Route } from '../http/index.ts';
import type { Clock, Keyring } from '../kernel/index.ts';
import type { Actor, People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { Store } from '../store/index.ts';
import type { Interactions } from './attempt.ts';
import { createAttempts } from './attempts.ts';
import { basisOf } from './basis.ts';
import { type BesideAbout, type BesideVerdict, createBeside } from './beside.ts';
import { type Browsers, createBrowsers, type ListedBrowser } from './browsers.ts';
import { dispatcher, routesOf } from './dispatcher.ts';
import { createGuessing, type Guessing } from './guessing/index.ts';
import { invitationRoutes } from './invitation.ts';
import { createLock, createUnlock } from './locks.ts';
import { createMadeFor } from './made-for.ts';
import type { Step, StepDeps } from './step.ts';
import { aloneStep } from './steps/alone.ts';
import { cancelRoutes } from './steps/cancel.ts';
import { challengeSteps } from './steps/challenge.ts';
import { chooseMethodSteps } from './steps/choose-method.ts';
import { chooseOrganizationStep } from './steps/choose-organization.ts';
import { consentStep } from './steps/consent.ts';
import { enrolSteps } from './steps/enrol.ts';
import { newPasswordStep } from './steps/new-password.ts';
import { passwordStep } from './steps/password.ts';
import { protectAccountSteps } from './steps/protect-account.ts';
import { restartRoutes } from './steps/restart.ts';
import { summaryStep } from './steps/summary.ts';
import { whoIs } from './visit.ts';

export interface SignInDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly realms: Realms;
  readonly people: People;
  readonly factors: Factors;
  readonly binding: Binding;
  readonly interactions: Interactions<RealmContext>;
}

export interface SignIn {
  readonly routes: readonly Route[];
  /** Counts guesses: for every other place where something can be guessed. */
  readonly guessing: Guessing;
  /** Judges what arrives beside the pages of a sign-in, counted as a guess made in it. */
  readonly beside: (about: BesideAbout, judge: () => Promise<BesideVerdict>) => Promise<BesideVerdict>;
  /** Those in which people are known. */
  readonly browsers: Browsers;
  readonly admin: {
    /** Ends holds and the lock of somebody's second factor; what was locked must be set up anew. */
    unlock(realm: string, userId: string, actor?: Actor): Promise<void>;
    /** Those in which somebody is known, the latest first. */
    browsers(realm: string, userId: string): Promise<readonly ListedBrowser[]>;
  };
}

export function createSignIn(given: SignInDeps): SignIn {
  const { store, clock, keyring, people, factors, realms } = given;
  const guessing = createGuessing({ store, clock, keyring, lock: createLock({ people, clock }) });
  const deps: StepDeps = {
    clock,
    keyring,
    realms,
    people,
    factors,
    binding: given.binding,
    interactions: given.interactions,
    guessing,
    attempts: createAttempts({ store, clock }),
    browsers: createBrowsers({ store, clock, keyring }),
    madeFor: createMadeFor(keyring),
    now: () => clock.now(),
  };
  const steps: readonly Step[] = [
    passwordStep(deps),
    aloneStep(deps),
    newPasswordStep(deps),
    chooseOrganizationStep(deps),
    ...protectAccountSteps(deps),
    ...chooseMethodSteps(deps),
    ...enrolSteps(deps),
    summaryStep(deps),
    ...challengeSteps(deps),
    consentStep(deps),
  ];
  return {
    guessing,
    beside: createBeside(deps),
    browsers: deps.browsers,
    admin: {
      unlock: createUnlock({ people, factors, guessing, clock }),
      async browsers(realm, userId) {
        const { person, methods } = await whoIs(deps, realm, userId);
        return person === undefined ? [] : deps.browsers.list(realm, userId, basisOf(person, methods));
      },
    },
    routes: [
      dispatcher(deps),
      ...steps.flatMap((step) => routesOf(deps, step)),
      ...cancelRoutes(deps),
      ...restartRoutes(deps),
      ...invitationRoutes({ realms, people }),
    ],
  };
}
