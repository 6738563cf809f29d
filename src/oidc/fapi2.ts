import type { Client, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { Portal } from '../realm/index.ts';

type PortalOf = (clientId: string) => Portal | undefined;

/**
 * The FAPI 2.0 Security Profile (final), by portal. The realm room holds the portal to `private_key_jwt`, PAR, DPoP
 * and an algorithm of §5.4.1, `client-assertion.ts` its assertions, oidc-provider the rest of this feature.
 */
export function fapi2Feature(portalOf: PortalOf): NonNullable<NonNullable<Configuration['features']>['fapi']> {
  return { enabled: true, profile: (_ctx, client) => (isFapi2(portalOf, client) ? '2.0' : undefined) };
}

/**
 * §5.3.2.1: "shall not use refresh token rotation except in extraordinary circumstances". These are bound to a key of
 * the portal, and one lost answer must not cost a sign-in.
 */
export function rotatesRefreshTokens(portalOf: PortalOf) {
  return ({ oidc }: KoaContextWithOIDC): boolean => !isFapi2(portalOf, oidc.client);
}

function isFapi2(portalOf: PortalOf, client: Pick<Client, 'clientId'> | undefined): boolean {
  return client !== undefined && portalOf(client.clientId)?.profile === 'fapi2';
}
