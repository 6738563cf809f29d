import type { AccessToken, Client, Configuration, KoaContextWithOIDC, RefreshToken, Session } from 'oidc-provider';

const minuteS = 60;
const hourS = 60 * minuteS;
const dayS = 24 * hourS;

/** From the first token of a family to its end, however often it is rotated (RFC 9700 §2.2.2). */
const refreshAbsoluteS = 30 * dayS;
/** Without use. */
const refreshIdleS = 14 * dayS;
/** A session nobody signed in to: it only carries a sign-out that is being confirmed. */
const anonymousSessionS = 10 * minuteS;

/** How long a token we signed may come back: as it is, or as an `id_token_hint` while its session lasts. */
export function signedLifeS(sessionHours: number): number {
  return Math.max(hourS, sessionHours * hourS);
}

/** `sessionHours`: of the realm; portals may want less, which is judged when they ask (`session-age.ts`). */
export function lifetimes(sessionHours: () => number, now: () => Date): NonNullable<Configuration['ttl']> {
  const nowS = () => Math.floor(now().getTime() / 1000);
  return {
    AuthorizationCode: minuteS,
    AccessToken: (_ctx: KoaContextWithOIDC, _token: AccessToken, _client: Client) => hourS,
    IdToken: hourS,
    // Longer than the longest session and the longest refresh token after it.
    Grant: 120 * dayS,
    // Longer than an attempt, so that one that expired can still be left or begun again.
    Interaction: hourS,
    RefreshToken: (_ctx: KoaContextWithOIDC, token: RefreshToken) =>
      Math.max(1, Math.min(refreshIdleS, (token.iiat ?? nowS()) + refreshAbsoluteS - nowS())),
    // From the sign-in, not from now: otherwise every visit would prolong it.
    Session: (_ctx: KoaContextWithOIDC, session: Session) =>
      session.accountId === undefined
        ? anonymousSessionS
        : Math.max(1, Math.floor((session.loginTs ?? nowS()) + sessionHours() * hourS - nowS())),
  };
}
