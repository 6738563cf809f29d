import type { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type Adapter, type Configuration, type errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import { type Clock, digest, GatehouseError, type GuardedFetch } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import { type Portal, type Realm, requiresPkce } from '../realm/index.ts';
import { Duplicate } from '../store/index.ts';
import type { FindAccount } from './accounts.ts';
import { answeredAcr, requestedAcr } from './acr.ts';
import { keepNoAnonymousSessions, withholdAnonymousCookie } from './anonymous-sessions.ts';
import { leave } from './answers.ts';
import { scopeClaims, supportedScopes } from './claims.ts';
import { createJudgeAssertion } from './client-assertion.ts';
import { allowsOrigin, clientAssertionAlgs, clientAuthMethods, clientsOf, isGrantUsed, isSecretOf } from './clients.ts';
import type { Consents } from './consents.ts';
import { cookiesOf } from './cookies.ts';
import { fapi2Feature, rotatesRefreshTokens } from './fapi2.ts';
import { queueLogoutNotices } from './features/backchannel-logout.ts';
import { acceptVouched, deviceFlowFeature } from './features/device-flow.ts';
import { keepDevicePace } from './features/device-pace.ts';
import { dpopFeature } from './features/dpop.ts';
import { createIntrospection } from './features/introspection.ts';
import type { LogoutNotices } from './features/logout-notices.ts';
import { registrationPath } from './features/registration.ts';
import { resourcesFeature } from './features/resources.ts';
import { revocationFeature } from './features/revocation.ts';
import { authenticationClaims } from './features/token-claims.ts';
import { goToFirstPage } from './first-page.ts';
import { createLoadGrant } from './grants.ts';
import { interactionPrompts } from './interaction-policy.ts';
import { writesDone } from './joined-writes.ts';
import { allowKeySetCaching } from './key-caching.ts';
import type { RealmKeys } from './keys.ts';
import { lifetimes } from './lifetimes.ts';
import { keepOfflineAccess } from './offline-access.ts';
import type { Judges } from './reasons.ts';
import { type Reuses, recordReuses } from './reuse.ts';
import { type RealmSession, touch } from './session-age.ts';
import { signOutFeature, skipEmptySignOut } from './sign-out.ts';
import { type AdmitStranger, limitStrangers } from './strangers.ts';
import { keepTokenOrigins } from './token-origins.ts';

export interface ProviderParts {
  readonly realm: Realm;
  readonly issuer: string;
  readonly portals: readonly Portal[];
  readonly keys: RealmKeys;
  readonly keysAheadS: number;
  readonly adapter: (model: string) => Adapter;
  readonly findAccount: FindAccount;
  readonly people: Pick<People, 'get'>;
  readonly consents: Consents;
  readonly reuses: Reuses;
  readonly logoutNotices: Pick<LogoutNotices, 'put'>;
  readonly clock: Clock;
  readonly admitStranger: AdmitStranger;
  /** For what the provider calls: keys of portals. */
  readonly fetch: GuardedFetch;
  readonly sessionRules: Judges['sessionRules'];
  readonly sessionRulesOf: Judges['sessionRulesOf'];
  readonly hasChoice: Judges['hasChoice'];
  readonly judgeSession: Judges['judgeSession'];
  readonly reachableAcr: (realm: Realm) => readonly string[];
  readonly log: Logger;
}

/** One realm's provider. Everything it is made of is fixed: a change of realm, portals or keys makes another. */
export function createProvider(parts: ProviderParts): Provider {
  const { realm, issuer, portals, keys, clock, sessionRules, findAccount } = parts;
  const byClientId = new Map(portals.map((portal) => [portal.clientId, portal]));
  const portalOf = (clientId: string) => byClientId.get(clientId);
  const judges: Judges = { ...parts, portalOf };
  const introspection = createIntrospection({ realm, issuer, keys, findAccount, portalOf, clock });
  const interactionUrl = (uid: string) => `${issuer}/sign-in/${uid}`;
  const actsForItself = isGrantUsed(portals, 'client_credentials');
  const configuration: Configuration = {
    adapter: parts.adapter,
    clients: clientsOf(portals),
    jwks: { keys: keys.jwks.keys },
    cookies: cookiesOf(realm.id, issuer.startsWith('https:'), keys.cookieKeys),
    responseTypes: ['code'],
    clientAuthMethods: [...clientAuthMethods],
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'ES256', 'EdDSA'],
      clientAuthSigningAlgValues: [...clientAssertionAlgs],
    },
    assertJwtClientAuthClaimsAndHeader: createJudgeAssertion(portalOf, clock),
    fetch: parts.fetch as typeof fetch,
    pkce: { required: (_ctx, client) => requiresPkce(portalOf(client.clientId) ?? { kind: 'browser' }) },
    allowOmittingSingleRegisteredRedirectUri: false,
    acrValues: parts.reachableAcr(realm),
    scopes: supportedScopes,
    claims: scopeClaims,
    conformIdTokenClaims: true,
    discovery: realm.registration?.enabled === true ? { registration_endpoint: `${issuer}${registrationPath}` } : {},
    clientBasedCORS: (_ctx, origin, client) => allowsOrigin(portalOf(client.clientId), origin),
    rotateRefreshToken: rotatesRefreshTokens(portalOf),
    revokeGrantPolicy: recordReuses(realm.id, parts.reuses),
    ttl: lifetimes({
      sessionHours: () => sessionRules(realm, undefined).sessionHours,
      now: () => clock.now(),
      portalOf,
    }),
    findAccount,
    extraTokenClaims: authenticationClaims,
    loadExistingGrant: createLoadGrant(realm, portalOf, parts.consents),
    interactions: { policy: interactionPrompts(judges), url: (_ctx, { uid }) => interactionUrl(uid) },
    // A known parameter: its check is the place where the others are parsed and can still be put right.
    extraParams: { ui_locales: keepOfflineAccess(portalOf), organization: null },
    renderError(ctx, out, error) {
      leave(ctx, { kind: 'error', error: out.error, description: out.error_description, cause: error });
    },
    features: {
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: actsForItself },
      devInteractions: { enabled: false },
      deviceFlow: deviceFlowFeature(isGrantUsed(portals, 'device_code'), portalOf),
      dPoP: dpopFeature(keys.cookieKeys),
      fapi: fapi2Feature(portalOf),
      introspection: introspection.feature,
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: resourcesFeature(realm, portalOf, { isWanted: actsForItself }),
      revocation: revocationFeature,
      rpInitiatedLogout: signOutFeature(portalOf, async (userId) => (await parts.people.get(realm.id, userId))?.name),
      userinfo: { enabled: true },
    },
  };
  const provider = new Provider(issuer, configuration);
  trustIssuerOnly(provider, issuer);
  extendModels(provider, portalOf, clock);
  keepSessionTimes(provider, clock);
  keepTokenOrigins(provider);
  limitStrangers(provider, parts.admitStranger);
  keepNoAnonymousSessions(provider);
  queueLogoutNotices(provider, realm.id, parts.logoutNotices);
  acceptVouched(provider);
  reportErrors(provider, parts.log);
  if (isGrantUsed(portals, 'device_code')) provider.use(keepDevicePace(clock));
  provider.use(async (ctx, next) => {
    allowHashedScripts(ctx.res);
    await next();
    skipEmptySignOut(ctx as KoaContextWithOIDC);
    if (ctx.oidc !== undefined) {
      goToFirstPage(ctx as KoaContextWithOIDC, interactionUrl);
      await writesDone(ctx as KoaContextWithOIDC);
      await introspection.answerForJwt(ctx as KoaContextWithOIDC);
      withholdAnonymousCookie(ctx as KoaContextWithOIDC, provider.cookieName('session'));
      allowKeySetCaching(ctx as KoaContextWithOIDC, parts.keysAheadS);
    }
    if (ctx.status === 404 && ctx._matchedRouteName === undefined) leave(ctx, { kind: 'not_found' });
  });
  return provider;
}

/**
 * `response_mode=form_post` answers with a page that posts itself. oidc-provider adds the hash of its script to
 * `script-src` where a policy has one; an empty one allows nothing else.
 */
function allowHashedScripts(response: ServerResponse): void {
  const name = 'content-security-policy';
  const policy = response.getHeader(name);
  if (typeof policy === 'string' && !policy.includes('script-src')) response.setHeader(name, `${policy}; script-src`);
}

/** Addresses and the Secure attribute follow from the issuer, never from a Host or forwarding header. */
function trustIssuerOnly(provider: Provider, issuer: string): void {
  const { protocol, host } = new URL(issuer);
  Object.defineProperties(provider.request, {
    protocol: { get: () => protocol.slice(0, -1) },
    host: { get: () => host },
  });
}

function extendModels(provider: Provider, portalOf: (id: string) => Portal | undefined, clock: Clock): void {
  const { Client, OIDCContext, Session, ReplayDetection } = provider;
  Object.assign(OIDCContext.prototype, {
    urlFor: (name: string, options?: Record<string, unknown>) => provider.urlFor(name, options),
  });
  Object.assign(Client.prototype, {
    // In every ID token, so that portals can tell sessions apart (Back-Channel Logout 1.0 §2.1).
    includeSid: () => true,
    compareClientSecret(this: { clientId: string }, secret: string) {
      return isSecretOf(portalOf(this.clientId), secret, clock.now());
    },
  });
  Object.defineProperty(OIDCContext.prototype, 'acr', {
    get(this: KoaContextWithOIDC['oidc']) {
      return answeredAcr(this.session?.acr, requestedAcr(this.params ?? {}));
    },
  });
  const stored = (Session as unknown as { readonly IN_PAYLOAD: readonly string[] }).IN_PAYLOAD;
  Object.defineProperty(Session, 'IN_PAYLOAD', { value: [...stored, 'startedAt', 'usedAt', 'organization'] });
  insertOnly(ReplayDetection, clock);
}

/** oidc-provider looks first and writes then, so that racers all win; here the write decides. */
function insertOnly(ReplayDetection: Provider['ReplayDetection'], clock: Clock): void {
  Object.assign(ReplayDetection, {
    async unique(iss: string, jti: string, exp: number): Promise<boolean> {
      const Proof = ReplayDetection as unknown as new (payload: object) => { save(ttlS: number): Promise<string> };
      const proof = new Proof({ jti: digest(`${iss}\0${jti}`), iss });
      try {
        await proof.save(Math.max(1, exp - Math.floor(clock.now().getTime() / 1000)));
        return true;
      } catch (error) {
        if (error instanceof Duplicate) return false;
        throw error;
      }
    },
  });
}

/** `interaction.ended` comes right after the session took over who signed in, and before anything is judged. */
function keepSessionTimes(provider: Provider, clock: Clock): void {
  provider.on('interaction.ended', ({ oidc }) => {
    const session: RealmSession | undefined = oidc.session;
    const login = oidc.result?.login;
    if (session === undefined || login === undefined) return;
    const now = clock.now().getTime();
    session.usedAt = now;
    // Not when the browser came for it: a password changed in between ends this session as well.
    const { completedAt = now, organization } = login as { completedAt?: number; organization?: string };
    session.organization = organization;
    // A clock set back meanwhile must not make it outlive a change to come; `sessionsValidFrom` may be 1 ms ahead.
    if (login.continues !== true || session.startedAt === undefined) session.startedAt = Math.min(completedAt, now + 1);
  });
  provider.on('authorization.accepted', ({ oidc }) => {
    const session: RealmSession | undefined = oidc.session;
    if (session !== undefined) touch(session, clock.now());
  });
}

function reportErrors(provider: Provider, log: Logger): void {
  // A handler keeps koa from writing to the console.
  (provider as EventEmitter).on('error', (error: unknown) => log.error({ err: error }, 'oidc: request failed'));
  provider.on('server_error', (ctx, error) => {
    if (error instanceof GatehouseError && (error.code === 'unavailable' || error.code === 'too_many')) {
      ctx.status = error.status;
      ctx.set('Retry-After', String(error.retryAfterS ?? 5));
      if (error.code === 'too_many') {
        log.info({ route: ctx.oidc.route }, `oidc: ${error.message}`);
        return;
      }
    }
    log.error({ err: error, route: ctx.oidc.route }, 'oidc: server error');
  });
  const refused = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError) =>
    log.info(
      {
        route: ctx.oidc.route,
        client: ctx.oidc.client?.clientId,
        error: error.error,
        why: error.error_detail ?? error.error_description,
      },
      'oidc: request refused',
    );
  provider.on('authorization.error', refused);
  provider.on('grant.error', refused);
  provider.on('userinfo.error', refused);
  provider.on('end_session.error', refused);
  provider.on('device_authorization.error', refused);
  provider.on('introspection.error', refused);
  provider.on('revocation.error', refused);
}
