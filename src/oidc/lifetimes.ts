import type {
  AccessToken,
  Client,
  ClientCredentials,
  Configuration,
  KoaContextWithOIDC,
  RefreshToken,
  Session,
} from 'oidc-provider';
import { isPublicKind, type Portal } from '../realm/index.ts';

const minuteS = 60;
const hourS = 60 * minuteS;
const dayS = 24 * hourS;

/** From the first token of a family to its end, however often it is rotated (RFC 9700 §2.2.2): days, by default. */
const refreshDays = 30;
/** The same where whoever finds the token can use it: of public portals, not bound to a key (RFC 9700 §2.2.2). */
const unboundPublicDays = 1;
/** Without use. */
const refreshIdleS = 14 * dayS;
/** RFC 8628 §3.2: for somebody to take up their phone, and sign in with it. */
const deviceCodeS = 15 * minuteS;
/** A session nobody signed in to: it only carries a sign-out that is being confirmed. */
const anonymousSessionS = 10 * minuteS;

/** An access token that opens nothing but userinfo, and an ID token. */
export const userinfoTokenS = hourS;
export const idTokenS = hourS;

/** How long a token we signed may come back: as it is, or as an `id_token_hint` while its session lasts. */
export function signedLifeS(sessionHours: number): number {
  return Math.max(hourS, sessionHours * hourS);
}

/** An attempt has 30 minutes; strangers begin as many as they like. */
const interactionS = 45 * minuteS;

export interface LifetimeParts {
  /** Of the realm; portals may want less, which is judged when they ask (`session-age.ts`). */
  readonly sessionHours: () => number;
  readonly now: () => Date;
  readonly portalOf: (clientId: string) => Portal | undefined;
}

export function lifetimes({ sessionHours, now, portalOf }: LifetimeParts): NonNullable<Configuration['ttl']> {
  const nowS = () => Math.floor(now().getTime() / 1000);
  const ofResource = (token: AccessToken | ClientCredentials) => token.resourceServer?.accessTokenTTL ?? userinfoTokenS;
  return {
    AuthorizationCode: minuteS,
    DeviceCode: deviceCodeS,
    AccessToken: (_ctx: KoaContextWithOIDC, token: AccessToken, _client: Client) => ofResource(token),
    ClientCredentials: (_ctx: KoaContextWithOIDC, token: ClientCredentials, _client: Client) => ofResource(token),
    IdToken: idTokenS,
    // Longer than the longest session and the longest refresh token after it.
    Grant: 120 * dayS,
    // Longer than an attempt, so that one that expired can still be left or begun again.
    Interaction: interactionS,
    RefreshToken: (_ctx: KoaContextWithOIDC, token: RefreshToken, client: Client) =>
      refreshTokenS(portalOf(client.clientId), token, now()),
    // From the sign-in, not from now: otherwise every visit would prolong it.
    Session: (_ctx: KoaContextWithOIDC, session: Session) =>
      session.accountId === undefined
        ? anonymousSessionS
        : Math.max(1, Math.floor((session.loginTs ?? nowS()) + sessionHours() * hourS - nowS())),
  };
}

/** From `now` to its end: `iiat` is when the first of its family was given, in seconds since 1970. */
export function refreshTokenS(
  portal: Portal | undefined,
  token: { readonly iiat?: number | undefined; readonly jkt?: string | undefined },
  now: Date,
): number {
  const nowS = Math.floor(now.getTime() / 1000);
  const leftS = (token.iiat ?? nowS) + familyDays(portal, token) * dayS - nowS;
  // One that is not rotated lives to the end: its use prolongs nothing.
  return Math.max(1, portal?.profile === 'fapi2' ? leftS : Math.min(refreshIdleS, leftS));
}

function familyDays(portal: Portal | undefined, token: { readonly jkt?: string | undefined }): number {
  const days = portal?.refreshDays ?? refreshDays;
  const isUnbound = portal !== undefined && isPublicKind(portal.kind) && token.jkt === undefined;
  return isUnbound ? Math.min(unboundPublicDays, days) : days;
}
