import { z } from 'zod';
import type { Form } from '../factor.ts';

/** A field of a form holds 2,048 characters; statements of attestation are longer. The script cuts, this joins. */
const fields = ['passkey', 'passkey_2', 'passkey_3', 'passkey_4', 'passkey_5'];

/** Canonical base64url: one text for one value, so that nothing changed goes unnoticed. */
const bytes = z
  .string()
  .min(1)
  .max(10_000)
  .regex(/^[A-Za-z0-9_-]+$/)
  .refine((text) => Buffer.from(text, 'base64url').toString('base64url') === text);

/** WebAuthn Level 3 §6.5: credential ids have at most 1,023 bytes. */
const credentialId = bytes.max(1_364);

const common = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  // Nothing is asked of extensions, so nothing is taken from them.
  clientExtensionResults: z.record(z.string(), z.unknown()).transform(() => ({})),
};
const isSameId = ({ id, rawId }: { readonly id: string; readonly rawId: string }) => id === rawId;

const registrationShape = z
  .object({
    ...common,
    response: z.object({
      clientDataJSON: bytes,
      attestationObject: bytes,
      transports: z.array(z.string().max(32)).max(8).optional(),
    }),
  })
  .refine(isSameId);

const assertionShape = z
  .object({
    ...common,
    response: z.object({
      clientDataJSON: bytes,
      authenticatorData: bytes,
      signature: bytes,
      userHandle: bytes.max(128).optional(),
    }),
  })
  .refine(isSameId);

export type Registration = z.infer<typeof registrationShape>;
export type Assertion = z.infer<typeof assertionShape>;

/** What `navigator.credentials.create()` gave; undefined when it cannot be that. Takes anything. */
export function parseRegistration(form: Form): Registration | undefined {
  return parse(registrationShape, form);
}

/** What `navigator.credentials.get()` gave. */
export function parseAssertion(form: Form): Assertion | undefined {
  return parse(assertionShape, form);
}

function parse<T>(shape: z.ZodType<T>, form: Form): T | undefined {
  try {
    return shape.safeParse(JSON.parse(fields.map((name) => form[name] ?? '').join(''))).data;
  } catch {
    return undefined;
  }
}

const clientDataShape = z.object({
  challenge: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.string().optional(),
});

/**
 * Which challenge was answered; undefined when it cannot be told, or when the page stood inside one of another origin,
 * which ours never do. WebAuthn Level 3 §5.8.1.
 */
export function challengeIn({ response }: Registration | Assertion): string | undefined {
  try {
    const data = clientDataShape.parse(JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString()));
    return data.crossOrigin === true || data.topOrigin !== undefined ? undefined : data.challenge;
  } catch {
    return undefined;
  }
}
