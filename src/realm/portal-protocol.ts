import type { Portal } from './realm.ts';

type Settings<K extends keyof Portal> = Pick<Portal, 'kind'> & Partial<Pick<Portal, K>>;

/** Whether anybody who has the portal's program could use what it proves itself with (RFC 6749 §2.1). */
export const isPublicKind = (kind: Portal['kind']): boolean => kind === 'native' || kind === 'browser';

/** How the portal proves who it is. */
export function authenticationOf(
  portal: Settings<'authentication' | 'profile'>,
): 'secret' | 'private_key_jwt' | 'none' {
  if (portal.authentication !== undefined) return portal.authentication;
  if (isPublicKind(portal.kind)) return 'none';
  return portal.profile === 'fapi2' ? 'private_key_jwt' : 'secret';
}

/** What the portal may get tokens for. */
export function grantsOf(portal: Settings<'grants' | 'scopes'>): NonNullable<Portal['grants']> {
  if (portal.grants !== undefined) return portal.grants;
  if (portal.kind === 'machine') return ['client_credentials'];
  return portal.scopes?.includes('offline_access') === true
    ? ['authorization_code', 'refresh_token']
    : ['authorization_code'];
}

export const requiresPar = (portal: Settings<'requirePar' | 'profile'>): boolean =>
  portal.requirePar ?? portal.profile === 'fapi2';

/** RFC 7636, for all but the confidential portals that are exempted by name. */
export const requiresPkce = (portal: Settings<'pkce'>): boolean => portal.pkce !== 'allowed';

export const requiresDpop = (portal: Settings<'dpop' | 'profile'>): boolean =>
  (portal.dpop ?? (portal.profile === 'fapi2' ? 'required' : 'allowed')) === 'required';

/** What signs the portal's ID tokens. FAPI 2.0 Security Profile §5.4.1 knows no RS256. */
export const idTokenAlgOf = (portal: Settings<'idTokenAlg' | 'profile'>): NonNullable<Portal['idTokenAlg']> =>
  portal.idTokenAlg ?? (portal.profile === 'fapi2' ? 'ES256' : 'RS256');
