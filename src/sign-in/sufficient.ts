import type { Factors } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { SessionFacts, SignInRequest } from './attempt.ts';
import { decide, rulesFor, whoIs } from './visit.ts';

/** Whether policy lets this session answer this request as it is: the question a sign-in asks, with nothing proven now. */
export function createJudgeSession(deps: {
  readonly realms: Realms;
  readonly people: People;
  readonly factors: Factors;
  readonly clock: Clock;
}) {
  return async (
    realmId: string,
    session: SessionFacts,
    request: Pick<SignInRequest, 'clientId' | 'acrValues' | 'essentialAcr' | 'mustBe'>,
  ): Promise<boolean> => {
    const realm = await deps.realms.get(realmId);
    const portal = await deps.realms.portal(realmId, request.clientId);
    if (realm === undefined || portal === undefined) return false;
    const { person, methods, supply } = await whoIs(deps, realmId, session.userId);
    const next = decide({
      // Consent is asked for by its own rules; "Not now" was said when the session began.
      request: { ...request, needsConsent: false, session },
      attempt: { proven: [], answers: ['postponed'] },
      person,
      methods,
      supply,
      rules: rulesFor(realm, portal),
      isKnown: false,
      now: deps.clock.now(),
    });
    return next.step === 'done';
  };
}
