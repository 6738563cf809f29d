import { createPublicKey } from 'node:crypto';
import { z } from 'zod';

const privatePart = z.never('is part of a private key; put the public key here').exactOptional();
const text = (max: number) => z.string().min(1).max(max);

const jwkShape = z.strictObject({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  kid: text(256).exactOptional(),
  alg: text(16).exactOptional(),
  use: z.literal('sig').exactOptional(),
  key_ops: z.array(text(16)).max(8).exactOptional(),
  crv: text(16).exactOptional(),
  x: text(256).exactOptional(),
  y: text(256).exactOptional(),
  n: text(2_048).exactOptional(),
  e: text(16).exactOptional(),
  // RFC 7518 §6.2.2 and §6.3.2.
  d: privatePart,
  p: privatePart,
  q: privatePart,
  dp: privatePart,
  dq: privatePart,
  qi: privatePart,
  oth: privatePart,
  k: privatePart,
});

/** Public keys of a portal (RFC 7517 §5). Whether they are keys at all: `keyFault`. */
export const jwksShape = z.strictObject({ keys: z.array(jwkShape).min(1).max(10) });

export type ClientJwk = z.infer<typeof jwkShape>;

/** RFC 7518 §3.3: at least 2048 bits. */
const leastRsaBits = 2_048;

/** What is wrong with a key as one that signs client assertions (RS256, PS256, ES256, EdDSA), if anything. */
export function keyFault(jwk: ClientJwk): string | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
    switch (key.asymmetricKeyType) {
      case 'rsa':
        return modulusLength >= leastRsaBits ? undefined : `must have at least ${leastRsaBits} bits`;
      case 'ec':
        return namedCurve === 'prime256v1' ? undefined : 'must be on the curve P-256 (ES256)';
      case 'ed25519':
        return undefined;
      default:
        return 'must be an RSA, P-256 or Ed25519 key';
    }
  } catch {
    return 'is not a complete public key (RFC 7518 §6)';
  }
}
