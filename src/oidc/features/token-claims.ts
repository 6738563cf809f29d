import type { Configuration } from 'oidc-provider';

type ExtraTokenClaims = NonNullable<Configuration['extraTokenClaims']>;

/**
 * How the person was authenticated, in access tokens for resources and what introspection says of them: what a resource
 * needs to ask for more (RFC 9068 §2.2.1, RFC 9470 §6).
 */
export const authenticationClaims: ExtraTokenClaims = ({ oidc }, token) => {
  if (token.kind !== 'AccessToken' || token.aud === undefined) return undefined;
  const { RefreshToken, AuthorizationCode, DeviceCode } = oidc.entities;
  const source = RefreshToken ?? AuthorizationCode ?? DeviceCode;
  if (source === undefined) return undefined;
  const { acr, amr, authTime } = source;
  const claims = { acr, amr, auth_time: authTime };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
};
