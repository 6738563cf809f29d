import type { Registration } from './response.ts';

/** Formats in which a certificate of the maker signs what the authenticator is. WebAuthn Level 3 §8. */
const certified: ReadonlySet<string> = new Set(['packed', 'tpm', 'android-key', 'apple']);

/**
 * Whether a certificate came with it: `none`, and a signature by the new key itself, leave the AAGUID to whoever made
 * them up. Only for responses that were verified. Which certificates are the makers' own is not known here.
 */
export async function hasCertificate({ response }: Registration): Promise<boolean> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  const object = decodeAttestationObject(Uint8Array.from(Buffer.from(response.attestationObject, 'base64url')));
  const chain = object.get('attStmt').get('x5c');
  return certified.has(object.get('fmt')) && Array.isArray(chain) && chain.length > 0;
}
