import { keyFault } from './client-keys.ts';
import type { SettingFault } from './describe-issue.ts';
import type { PortalSettings } from './file-shape.ts';
import { authenticationOf, grantsOf, isPublicKind } from './portal-protocol.ts';
import type { Portal, Resource } from './realm.ts';

/** Scopes that are about people, not about resources. */
export const identityScopes: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

const grantsFor: Readonly<Record<Portal['kind'], readonly string[]>> = {
  web: ['authorization_code', 'refresh_token', 'client_credentials', 'device_code'],
  native: ['authorization_code', 'refresh_token', 'device_code'],
  browser: ['authorization_code', 'refresh_token'],
  machine: ['client_credentials'],
};

/** Protocol settings of a portal that do not go together. `resources`: of its realm. */
export function judgeProtocol(portal: PortalSettings, resources: readonly Resource[]): readonly SettingFault[] {
  return [
    ...judgeAuthentication(portal),
    ...judgeGrants(portal),
    ...(portal.profile === 'fapi2' ? judgeFapi2(portal) : []),
    ...judgeResources(portal, resources),
  ];
}

const fault = (field: keyof PortalSettings, message: string, ...more: PropertyKey[]): SettingFault => ({
  path: [field, ...more],
  message,
});

function judgeAuthentication(portal: PortalSettings): readonly SettingFault[] {
  const { kind, jwks, jwksUri } = portal;
  const authentication = authenticationOf(portal);
  const faults: SettingFault[] = [];
  if (isPublicKind(kind) && authentication !== 'none')
    faults.push(fault('authentication', `a ${kind} portal is public: it cannot keep what would prove who it is`));
  if (!isPublicKind(kind) && authentication === 'none')
    faults.push(fault('authentication', `a ${kind} portal must prove who it is; public ones are native or browser`));
  if (jwks !== undefined && jwksUri !== undefined) faults.push(fault('jwksUri', 'jwks or jwksUri, not both'));
  if (authentication === 'none' && portal.pkce === 'allowed')
    faults.push(fault('pkce', 'a public portal has nothing but PKCE to protect its codes'));
  const hasKeys = jwks !== undefined || jwksUri !== undefined;
  if (authentication === 'private_key_jwt' && !hasKeys)
    faults.push(fault('authentication', 'private_key_jwt needs the public key: give jwks or jwksUri'));
  if (authentication !== 'private_key_jwt' && hasKeys)
    faults.push(fault(jwks === undefined ? 'jwksUri' : 'jwks', 'is for authentication: private_key_jwt'));
  for (const [index, key] of (jwks?.keys ?? []).entries()) {
    const message = keyFault(key);
    if (message !== undefined) faults.push(fault('jwks', message, 'keys', index));
  }
  return faults;
}

function judgeGrants(portal: PortalSettings): readonly SettingFault[] {
  const { kind, scopes } = portal;
  const grants = grantsOf(portal);
  const faults = grants.flatMap((grant, index) =>
    grantsFor[kind].includes(grant)
      ? []
      : [fault('grants', `a ${kind} portal cannot have ${grant}; there are ${grantsFor[kind].join(', ')}`, index)],
  );
  const hasOffline = kind !== 'machine' && scopes.includes('offline_access');
  if (grants.includes('refresh_token') && !hasOffline)
    faults.push(fault('grants', 'refresh_token goes with the scope offline_access'));
  if (hasOffline && !grants.includes('refresh_token'))
    faults.push(fault('scopes', 'offline_access goes with the grant refresh_token'));
  if (
    grants.includes('refresh_token') &&
    !grants.some((grant) => ['authorization_code', 'device_code'].includes(grant))
  )
    faults.push(fault('grants', 'refresh_token needs a grant in which people sign in'));
  if (portal.refreshDays !== undefined && !grants.includes('refresh_token'))
    faults.push(fault('refreshDays', 'is for portals with the grant refresh_token'));
  if (portal.backchannelLogoutUri !== undefined && kind === 'machine')
    faults.push(fault('backchannelLogoutUri', 'nobody signs in to a machine'));
  return faults;
}

/** FAPI 2.0 Security Profile §5.3.2 and §5.4.1. */
function judgeFapi2(portal: PortalSettings): readonly SettingFault[] {
  const faults: SettingFault[] = [];
  if (authenticationOf(portal) !== 'private_key_jwt')
    faults.push(fault('authentication', 'fapi2 demands private_key_jwt'));
  if (portal.requirePar === false) faults.push(fault('requirePar', 'fapi2 demands pushed authorization requests'));
  if (portal.dpop === 'allowed') faults.push(fault('dpop', 'fapi2 demands DPoP: required'));
  if (portal.pkce === 'allowed') faults.push(fault('pkce', 'fapi2 demands PKCE'));
  if (portal.idTokenAlg === 'RS256') faults.push(fault('idTokenAlg', 'fapi2 knows no RS256; take ES256 or EdDSA'));
  if (grantsOf(portal).includes('device_code')) faults.push(fault('grants', 'fapi2 knows no device_code'));
  return faults;
}

/** Scopes of resources stand in `scopes` beside those about people. */
function judgeResources(portal: PortalSettings, resources: readonly Resource[]): readonly SettingFault[] {
  const named = portal.resources ?? [];
  const own = resources.filter(({ id }) => named.includes(id));
  const known = new Set([...identityScopes, ...own.flatMap(({ scopes }) => scopes)]);
  return [
    ...named.flatMap((id, index) =>
      own.some((resource) => resource.id === id)
        ? []
        : [
            fault(
              'resources',
              `the realm has no resource "${id}"; it has ${listOf(resources.map((each) => each.id))}`,
              index,
            ),
          ],
    ),
    ...portal.scopes.flatMap((scope, index) =>
      known.has(scope) ? [] : [fault('scopes', `there is no scope "${scope}"; there are ${listOf([...known])}`, index)],
    ),
  ];
}

const listOf = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
