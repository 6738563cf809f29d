import type { ClientMetadata } from 'oidc-provider';
import { randomToken, sameText } from '../kernel/index.ts';
import {
  authenticationOf,
  grantsOf,
  idTokenAlgOf,
  type Portal,
  requiresDpop,
  requiresPar,
  secretsOf,
} from '../realm/index.ts';
import { supportedScopes } from './claims.ts';

/** Ways in which portals prove who they are (RFC 6749 §2.3, RFC 7523 §2.2). */
export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const satisfies readonly string[];

/** What may sign a client assertion: nothing symmetric. */
export const clientAssertionAlgs = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** Grants that the provider knows, by their name in realm files. */
export const supportedGrants: Readonly<Record<Grant, string>> = {
  authorization_code: 'authorization_code',
  refresh_token: 'refresh_token',
  client_credentials: 'client_credentials',
  device_code: 'urn:ietf:params:oauth:grant-type:device_code',
};

type Grant = NonNullable<Portal['grants']>[number];

/** The metadata of the portals that may get tokens. Disabled ones do not exist for the provider. */
export function clientsOf(portals: readonly Portal[]): ClientMetadata[] {
  return portals.filter((portal) => portal.enabled).map(clientMetadata);
}

/** Whether any portal that is in use may have it: what nobody has is not advertised. */
export function isGrantUsed(portals: readonly Portal[], grant: Grant): boolean {
  return portals.some((portal) => portal.enabled && grantsOf(portal).includes(grant));
}

const grantTypesOf = (portal: Portal): string[] => grantsOf(portal).map((grant) => supportedGrants[grant]);

function clientMetadata(portal: Portal): ClientMetadata {
  const grantTypes = grantTypesOf(portal);
  const hasCode = grantTypes.includes('authorization_code');
  const asked = new Set(['openid', ...portal.scopes]);
  const scopes = portal.kind === 'machine' ? [] : supportedScopes.filter((scope) => asked.has(scope));
  return {
    client_id: portal.clientId,
    client_name: portal.name,
    application_type: portal.kind === 'native' ? 'native' : 'web',
    redirect_uris: hasCode ? [...portal.redirectUris] : [],
    post_logout_redirect_uris: [...portal.postLogoutRedirectUris],
    response_types: hasCode ? ['code'] : [],
    grant_types: grantTypes,
    // Scopes about people; what a portal may do at a resource is judged there, and a machine has nothing else.
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    id_token_signed_response_alg: idTokenAlgOf(portal),
    require_pushed_authorization_requests: requiresPar(portal),
    dpop_bound_access_tokens: requiresDpop(portal),
    ...(portal.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: portal.backchannelLogoutUri, backchannel_logout_session_required: true }),
    ...credentialsOf(portal),
  };
}

function credentialsOf(portal: Portal): Partial<ClientMetadata> {
  const method = authenticationOf(portal);
  if (method === 'none') return { token_endpoint_auth_method: 'none' };
  if (method === 'private_key_jwt') {
    return {
      token_endpoint_auth_method: 'private_key_jwt',
      ...(portal.jwks === undefined ? {} : { jwks: { keys: portal.jwks.keys.map((key) => ({ ...key })) } }),
      ...(portal.jwksUri === undefined ? {} : { jwks_uri: portal.jwksUri }),
    };
  }
  // Either way of sending the secret is accepted, whichever is named here. The secrets themselves stay out of the
  // metadata: a portal may have several, see `isSecretOf`.
  return { token_endpoint_auth_method: 'client_secret_basic', client_secret: randomToken() };
}

/** Whether `secret` is one of the portal's that have not expired. Every one is compared, in constant time. */
export function isSecretOf(portal: Portal | undefined, secret: string, now: Date): boolean {
  if (portal === undefined) return false;
  const valid = secretsOf(portal).filter(
    ({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now.getTime(),
  );
  return valid.map((known) => sameText(known.secret, secret)).includes(true);
}

/** CORS is for scripts of `browser` portals, from the origins they receive codes at. */
export function allowsOrigin(portal: Portal | undefined, origin: string): boolean {
  if (portal?.kind !== 'browser') return false;
  return portal.redirectUris.some((uri) => URL.parse(uri)?.origin === origin);
}
