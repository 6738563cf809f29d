import { identityScopes } from './judge-protocol.ts';
import { authenticationOf, grantsOf, idTokenAlgOf, requiresDpop, requiresPar } from './portal-protocol.ts';
import type { Portal } from './realm.ts';

/** What the software of a portal has to know. Stable: scripts read it (`gatehouse portal show --json`). */
export interface PortalFacts {
  readonly issuer: string;
  readonly discoveryUrl: string;
  readonly clientId: string;
  /** Only where it was made this moment. */
  readonly clientSecret: string | null;
  readonly name: string;
  readonly kind: Portal['kind'];
  readonly authentication: 'secret' | 'private_key_jwt' | 'none';
  readonly grants: readonly string[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly idTokenAlg: string;
  /** Of every portal (RFC 9700 §2.1.1). */
  readonly pkce: 'S256';
  readonly requirePar: boolean;
  readonly requireDpop: boolean;
}

export function portalFacts(portal: Portal, issuer: string, secret?: string): PortalFacts {
  const { clientId, name, kind, redirectUris, postLogoutRedirectUris, resources = [] } = portal;
  const scopes = kind === 'machine' ? portal.scopes.filter((scope) => !identityScopes.includes(scope)) : portal.scopes;
  return {
    issuer,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    clientId,
    clientSecret: secret ?? null,
    ...{ name, kind },
    authentication: authenticationOf(portal),
    grants: grantsOf(portal),
    ...{ redirectUris, postLogoutRedirectUris, scopes, resources },
    idTokenAlg: idTokenAlgOf(portal),
    pkce: 'S256',
    requirePar: requiresPar(portal),
    requireDpop: requiresDpop(portal),
  };
}
