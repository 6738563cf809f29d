import { createPublicKey } from 'node:crypto';

/** COSE algorithms that are offered and taken: Ed25519, ECDSA on P-256, RSA. RFC 9053 §2, RFC 8812 §2. */
export const algorithms = [-8, -7, -257];

const curves: Readonly<Record<number, string>> = { 1: 'P-256', 6: 'Ed25519' };

/**
 * Whether a COSE key (RFC 9052 §7) is one that can be verified with: whole, on its curve. The library takes a key that
 * was cut short, and its owner would find out at their next sign-in.
 */
export async function isUsableKey(cose: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers');
  try {
    // Labels by number: -1 is the curve, or an RSA modulus; -2 and -3 are x and y, or the exponent.
    const key = decodeCredentialPublicKey(cose) as unknown as ReadonlyMap<number, unknown>;
    const part = (label: number) => Buffer.from(key.get(label) as Uint8Array).toString('base64url');
    const crv = curves[key.get(-1) as number] ?? '';
    const jwk = {
      1: () => ({ kty: 'OKP', crv, x: part(-2) }),
      2: () => ({ kty: 'EC', crv, x: part(-2), y: part(-3) }),
      3: () => ({ kty: 'RSA', n: part(-1), e: part(-2) }),
    }[key.get(1) as 1 | 2 | 3]();
    createPublicKey({ key: jwk, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
