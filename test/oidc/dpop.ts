import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

type PrivateKey = Parameters<SignJWT['sign']>[0];

export interface ProofOptions {
  readonly iat?: number;
  readonly jti?: string;
  readonly nonce?: string;
  readonly accessToken?: string;
  readonly method?: string;
}

/** A client's key for DPoP, and proofs made with it (RFC 9449 §4.2). */
export class DpopKey {
  readonly jwk: JWK;
  readonly thumbprint: string;
  readonly #privateKey: PrivateKey;

  private constructor(jwk: JWK, thumbprint: string, privateKey: PrivateKey) {
    this.jwk = jwk;
    this.thumbprint = thumbprint;
    this.#privateKey = privateKey;
  }

  static async make(): Promise<DpopKey> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = await exportJWK(publicKey);
    return new DpopKey(jwk, await calculateJwkThumbprint(jwk), privateKey);
  }

  proof(htu: string, options: ProofOptions = {}): Promise<string> {
    const { iat = Math.floor(Date.now() / 1000), jti = randomUUID(), nonce, accessToken, method = 'POST' } = options;
    const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url');
    return new SignJWT({ htm: method, htu, jti, iat, ...(nonce && { nonce }), ...(ath && { ath }) })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: this.jwk })
      .sign(this.#privateKey);
  }
}
