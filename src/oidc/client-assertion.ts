import { compactVerify, importJWK, type JWK } from 'jose';
import { type Client, type Configuration, errors } from 'oidc-provider';
import type { Clock } from '../kernel/index.ts';
import type { Portal } from '../realm/index.ts';

type Judge = NonNullable<Configuration['assertJwtClientAuthClaimsAndHeader']>;

/** How far ahead an assertion may expire: so long its id is kept. RFC 7523 §3 lets us refuse what is unreasonably far. */
const longestLifeS = 3_600;

/** oidc-provider's store of a client's public keys; those of a `jwks_uri` become stale. */
interface ClientKeys {
  stale(): boolean;
  refresh(): Promise<void>;
  selectForVerify(wanted: { readonly alg?: unknown; readonly kid?: unknown }): readonly JWK[];
}

/**
 * What oidc-provider leaves to judge of a client assertion whose signature, issuer, audience and expiry are right and
 * whose id is new: how long it lives, what FAPI 2.0 asks, and that its key is still one the portal publishes.
 */
export function createJudgeAssertion(portalOf: (clientId: string) => Portal | undefined, clock: Clock): Judge {
  return async (ctx, claims, header, client) => {
    const nowS = clock.now().getTime() / 1000;
    if (Number(claims['exp']) > nowS + longestLifeS)
      throw new errors.InvalidClientAuth('the client assertion lives too long');
    if (portalOf(client.clientId)?.profile === 'fapi2') judgeFapi2(ctx.oidc.issuer, claims, header, nowS);
    const assertion = ctx.oidc.params?.['client_assertion'];
    if (typeof assertion !== 'string' || !(await isOfKeyInUse(client, header, assertion)))
      throw new errors.InvalidClientAuth('the key of the client assertion is not in use any more');
  };
}

/**
 * FAPI 2.0 Security Profile §5.3.2.1 (the audience is the issuer alone; nothing issued more than a minute from now) and
 * §5.4.1 (no RS256).
 */
function judgeFapi2(issuer: string, claims: Parameters<Judge>[1], header: Parameters<Judge>[2], nowS: number): void {
  if (claims['iat'] !== undefined && Number(claims['iat']) > nowS + 60)
    throw new errors.InvalidClientAuth('the client assertion is from the future');
  if (claims['aud'] !== issuer) throw new errors.InvalidClientAuth('audience (aud) must be the issuer, as a string');
  if (header['alg'] === 'RS256') throw new errors.InvalidClientAuth('RS256 is not for this portal');
}

/** oidc-provider fetches keys again when one is missing, never because one may have been taken away. */
async function isOfKeyInUse(client: Client, header: Parameters<Judge>[2], assertion: string): Promise<boolean> {
  const { asymmetricKeyStore: keys } = client as unknown as { readonly asymmetricKeyStore: ClientKeys };
  if (!keys.stale()) return true;
  await keys.refresh();
  const { alg, kid } = header;
  if (typeof alg !== 'string') return false;
  for (const jwk of keys.selectForVerify({ alg, kid })) {
    const isSigner = compactVerify(assertion, await importJWK(jwk, alg));
    if (await isSigner.then(() => true).catch(() => false)) return true;
  }
  return false;
}
