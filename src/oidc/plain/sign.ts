import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'jose';

/** A signed JWT (RFC 7515 compact) of these claims, `typ` in its header where given; undefined without a key of `alg`. */
export type SignJwt = (alg: string, claims: object, typ?: string) => Promise<string | undefined>;

const signElsewhere = promisify(sign);

interface Opened {
  readonly key: KeyObject;
  readonly kid: string | undefined;
}

/** By the first published key of an algorithm: the one that signs now. */
export function createSignJwt({ keys }: { readonly keys: readonly JWK[] }): SignJwt {
  const opened = new Map<string, Opened>();

  function keyOf(alg: string): Opened | undefined {
    const known = opened.get(alg);
    if (known !== undefined) return known;
    const jwk = keys.find((each) => each.alg === alg);
    if (jwk === undefined) return undefined;
    const made = { key: createPrivateKey({ key: { ...jwk }, format: 'jwk' }), kid: jwk.kid };
    opened.set(alg, made);
    return made;
  }

  return async (alg, claims, typ) => {
    const own = keyOf(alg);
    if (own === undefined) return undefined;
    const header = { alg, typ, kid: own.kid };
    const signed = `${encoded(header)}.${encoded(claims)}`;
    const signature = await signatureOf(alg, own.key, Buffer.from(signed));
    return `${signed}.${signature.toString('base64url')}`;
  };
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RSA takes 0.2 ms, off the event loop; a curve takes less than the way there and back. */
function signatureOf(alg: string, key: KeyObject, data: Buffer): Buffer | Promise<Buffer> {
  switch (alg) {
    case 'RS256':
      return signElsewhere('sha256', data, key);
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
    case 'EdDSA':
      return sign(null, data, key);
    default:
      throw new Error(`oidc: nothing signs by ${alg}`);
  }
}
