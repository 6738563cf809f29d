import { hkdfSync } from 'node:crypto';
import type { Configuration } from 'oidc-provider';

type Feature = NonNullable<NonNullable<Configuration['features']>['dPoP']>;

/**
 * DPoP (RFC 9449). A proof works once and near its time; a client whose clock is wrong, or that wants no proof of its
 * making to be of use later, takes our nonce (§8). `secrets`: of the realm, newest first, the same on every node.
 */
export function dpopFeature(secrets: readonly string[]): Feature {
  const [secret = ''] = secrets;
  return {
    enabled: true,
    nonceSecret: Buffer.from(hkdfSync('sha256', secret, '', 'gatehouse dpop nonce', 32)),
    requireNonce: () => false,
    allowReplay: false,
  };
}
