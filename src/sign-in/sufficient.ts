import type { Binding } from '../binding/index.ts';
import type { Factors } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { ComesFrom, SessionFacts, SignInRequest } from './attempt.ts';
import { basisOf } from './basis.ts';
import { knownBrowserCookie } from './browser-cookie.ts';
import type { Browsers } from './browsers.ts';
import { decide } from './decide.ts';
import { rememberedSince } from './remembered.ts';
import { whoIs } from './visit.ts';

/** Whether policy lets this session answer this request as it is: the question a sign-in asks, with nothing proven now. */
export function createJudgeSession(deps: {
  readonly realms: Realms;
  readonly people: People;
  readonly factors: Factors;
  readonly binding: Binding;
  readonly browsers: Pick<Browsers, 'recognise'>;
  readonly clock: Clock;
}) {
  return async (
    realmId: string,
    session: SessionFacts,
    request: Pick<SignInRequest, 'clientId' | 'acrValues' | 'essentialAcr' | 'mustBe' | 'organization'>,
    from: ComesFrom,
  ): Promise<boolean> => {
    const realm = await deps.realms.get(realmId);
    const portal = await deps.realms.portal(realmId, request.clientId);
    if (realm === undefined || portal === undefined) return false;
    const { person, methods, supply } = await whoIs(deps, realmId, session.userId);
    const cookie = from.cookie(knownBrowserCookie(realmId, deps.realms.issuerOf(realm).startsWith('https:'))) ?? '';
    const [bonds, browser] = await Promise.all([
      deps.binding.of(realm, portal, person),
      // A session that two factors opened needs no waiver.
      session.amr.includes('mfa') ? undefined : deps.browsers.recognise(cookie, realmId, session.userId),
    ]);
    const now = deps.clock.now();
    const basis = person === undefined ? undefined : basisOf(person, methods);
    const attempt = { proven: [], answers: ['postponed'] };
    const { organization, next } = decide({
      // Consent is asked for by its own rules; "Not now" was said when the session began.
      request: { ...request, needsConsent: false, session },
      attempt,
      person,
      methods,
      supply,
      bonds,
      isKnown: browser !== undefined,
      rememberedAt: rememberedSince(browser, basis, now),
      address: from.address,
      now,
    });
    // Tokens say which one it is for: another, or one that is left, must be put into the session first.
    return organization === session.organization && next.step === 'done';
  };
}
