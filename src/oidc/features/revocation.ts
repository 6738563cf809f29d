import type { Configuration } from 'oidc-provider';

type Feature = NonNullable<NonNullable<Configuration['features']>['revocation']>;

/**
 * Token revocation (RFC 7009): of a client's own tokens. For those of others the answer is the same 200 as for tokens
 * that do not exist, and nothing happens. JWT access tokens are read without asking us: `unsupported_token_type` (§2.2.1).
 */
export const revocationFeature: Feature = {
  enabled: true,
  allowedPolicy: (_ctx, client, { clientId }) => clientId === client.clientId,
};
