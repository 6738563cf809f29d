import type { Binding } from '../binding/index.ts';
import type { Factors } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { SessionFacts, SignInRequest } from './attempt.ts';
import { decide } from './decide.ts';
import { whoIs } from './visit.ts';

/** Whether policy lets this session answer this request as it is: the question a sign-in asks, with nothing proven now. */
export function createJudgeSession(deps: {
  readonly realms: Realms;
  readonly people: People;
  readonly factors: Factors;
  readonly binding: Binding;
  readonly clock: Clock;
}) {
  return async (
    realmId: string,
    session: SessionFacts,
    request: Pick<SignInRequest, 'clientId' | 'acrValues' | 'essentialAcr' | 'mustBe' | 'organization'>,
  ): Promise<boolean> => {
    const realm = await deps.realms.get(realmId);
    const portal = await deps.realms.portal(realmId, request.clientId);
    if (realm === undefined || portal === undefined) return false;
    const { person, methods, supply } = await whoIs(deps, realmId, session.userId);
    const bonds = await deps.binding.of(realm, portal, person);
    const attempt = { proven: [], answers: ['postponed'] };
    const { organization, next } = decide({
      // Consent is asked for by its own rules; "Not now" was said when the session began.
      request: { ...request, needsConsent: false, session },
      attempt,
      person,
      methods,
      supply,
      bonds,
      isKnown: false,
      now: deps.clock.now(),
    });
    // Tokens say which one it is for: another, or one that is left, must be put into the session first.
    return organization === session.organization && next.step === 'done';
  };
}
