import { z } from 'zod';
import type { Method } from '../factor.ts';

/** A public key credential: nothing in it is secret. Bytes are base64url. */
const credentialShape = z.object({
  credentialId: z.string(),
  /** COSE_Key. */
  publicKey: z.string(),
  /** Of the last accepted signature; 0 where the authenticator has no counter. */
  counter: z.number().int(),
  transports: z.array(z.string()),
  aaguid: z.string(),
  /** Backup eligible: may be on several devices. Never changes (WebAuthn Level 3 §6.1.3). */
  isSynced: z.boolean(),
  isBackedUp: z.boolean(),
});

export type Credential = z.infer<typeof credentialShape>;

export function credentialOf(method: Method): Credential {
  return credentialShape.parse(method.data);
}

/** RFC 8176 §2: `hwk` for a key that cannot leave its device, `swk` for one that may; `user` for PIN or biometrics. */
export function amrOf({ isSynced }: Pick<Credential, 'isSynced'>, isUserVerified: boolean): readonly string[] {
  return [isSynced ? 'swk' : 'hwk', ...(isUserVerified ? ['user'] : [])];
}
