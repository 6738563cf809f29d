import { type Configuration, errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import { idTokenAlgOf, type Portal, type Realm, type Resource } from '../../realm/index.ts';
import { words } from '../params.ts';

type Feature = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>;
type PortalOf = (clientId: string) => Portal | undefined;

/** A token that is read without asking us cannot be revoked (RFC 9068 §5, RFC 9700 §4.10). */
const jwtLifeS = 5 * 60;
const opaqueLifeS = 60 * 60;

/**
 * Resource indicators (RFC 8707): tokens for the realm's resources, with the scopes the portal may have there.
 * `isWanted`: also where the realm has none, for clients that act for themselves and need one.
 */
export function resourcesFeature(
  realm: Pick<Realm, 'resources'>,
  portalOf: PortalOf,
  { isWanted }: { readonly isWanted: boolean },
): Feature {
  const resources = new Map((realm.resources ?? []).map((resource) => [resource.id, resource]));
  return {
    enabled: isWanted || resources.size > 0,
    defaultResource(ctx, client, oneOf) {
      // Of several granted ones the client has to say which.
      return oneOf ?? defaultFor(ctx, portalOf(client.clientId));
    },
    getResourceServerInfo(ctx, id, client) {
      const portal = portalOf(client.clientId);
      const resource = resources.get(id);
      if (portal === undefined || resource === undefined || portal.resources?.includes(id) !== true)
        throw new errors.InvalidTarget('the client may not get tokens for this resource');
      refuseWithoutScope(ctx, resource, portal);
      return serverOf(resource, portal);
    },
  };
}

/** Nothing opens to a token without a resource when nobody stands behind it. */
function defaultFor({ oidc }: KoaContextWithOIDC, portal: Portal | undefined): string | undefined {
  if (oidc.params?.['grant_type'] !== 'client_credentials') return undefined;
  const [only, another] = portal?.resources ?? [];
  if (only === undefined || another !== undefined)
    throw new errors.InvalidTarget('name the resource that the token is for');
  return only;
}

/**
 * Who acts for itself and gets none of the scopes it asked for is told: a token without any would look like one with
 * all of them, since the answer names scopes only where there are some (RFC 6749 §3.3, §5.1).
 */
function refuseWithoutScope({ oidc }: KoaContextWithOIDC, resource: Resource, portal: Portal): void {
  if (oidc.params?.['grant_type'] !== 'client_credentials') return;
  const asked = words(oidc.params['scope']);
  const allowed = scopesAt(resource, portal);
  if (asked.length > 0 && !asked.some((scope) => allowed.includes(scope)))
    throw new errors.InvalidScope('the client has none of these scopes at this resource', asked.join(' '));
}

/** What a token for it is like, and for how long (seconds). */
export function serverOf(resource: Resource, portal: Portal): ResourceServer {
  const scope = scopesAt(resource, portal).join(' ');
  if (resource.tokenFormat === 'opaque')
    return { audience: resource.id, scope, accessTokenFormat: 'opaque', accessTokenTTL: opaqueLifeS };
  return {
    audience: resource.id,
    scope,
    accessTokenFormat: 'jwt',
    accessTokenTTL: jwtLifeS,
    // RFC 9068 §2.1: asymmetric. The algorithm of the portal's ID tokens, so that no profile is undercut.
    jwt: { sign: { alg: idTokenAlgOf(portal) } },
  };
}

/** What the portal may do there. */
export function scopesAt(resource: Resource, portal: Pick<Portal, 'scopes'>): readonly string[] {
  return resource.scopes.filter((scope) => portal.scopes.includes(scope));
}
