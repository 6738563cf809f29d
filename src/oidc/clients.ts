import type { ClientMetadata } from 'oidc-provider';
import { randomToken, sameText } from '../kernel/index.ts';
import type { Portal } from '../realm/index.ts';
import { supportedScopes } from './claims.ts';

/** The metadata of the portals that may sign people in. Disabled ones do not exist for the provider. */
export function clientsOf(portals: readonly Portal[]): ClientMetadata[] {
  return portals.filter((portal) => portal.enabled && portal.kind !== 'machine').map(clientMetadata);
}

function clientMetadata(portal: Portal): ClientMetadata {
  const scopes = new Set(['openid', ...portal.scopes]);
  return {
    client_id: portal.clientId,
    client_name: portal.name,
    application_type: portal.kind === 'native' ? 'native' : 'web',
    redirect_uris: [...portal.redirectUris],
    post_logout_redirect_uris: [...portal.postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: scopes.has('offline_access') ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
    scope: supportedScopes.filter((scope) => scopes.has(scope)).join(' '),
    ...(portal.kind === 'web'
      ? // Either way of sending the secret is accepted, whichever is named here. The secrets themselves stay out of
        // the metadata: a portal may have several, see `isSecretOf`.
        { token_endpoint_auth_method: 'client_secret_basic', client_secret: randomToken() }
      : { token_endpoint_auth_method: 'none' }),
  };
}

interface PortalSecret {
  readonly secret: string;
  readonly expiresAt?: string;
}

/** Whether `secret` is one of the portal's that have not expired. Every one is compared, in constant time. */
export function isSecretOf(portal: Portal | undefined, secret: string, now: Date): boolean {
  if (portal?.secrets === undefined) return false;
  const secrets = JSON.parse(portal.secrets) as readonly PortalSecret[];
  const valid = secrets.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now.getTime());
  return valid.map((known) => sameText(known.secret, secret)).includes(true);
}

/** CORS is for scripts of `browser` portals, from the origins they receive codes at. */
export function allowsOrigin(portal: Portal | undefined, origin: string): boolean {
  if (portal?.kind !== 'browser') return false;
  return portal.redirectUris.some((uri) => URL.parse(uri)?.origin === origin);
}
