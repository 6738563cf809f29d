import { sameText } from '../../kernel/index.ts';
import type { FactorContext, FactorState, Form, Method, Methods, Refusal } from '../factor.ts';
import { readChallenge } from './challenge.ts';
import { amrOf, type Credential, credentialOf } from './credential.ts';
import { relyingPartyOf } from './relying-party.ts';
import { type Assertion, challengeIn, parseAssertion } from './response.ts';

export type Asserted =
  | { readonly ok: true; readonly method: Method; readonly amr: readonly string[] }
  | { readonly ok: false; readonly why: Extract<Refusal, 'malformed' | 'wrong' | 'expired'> };

/** Who may have signed. `handle`: the user handle that must be there, or may be. */
export interface Signers {
  readonly userId: string;
  readonly handle: string;
}

/**
 * Judges a signature over the challenge of `state`. `signersOf` names whose passkeys count, undefined for nobody.
 * WebAuthn Level 3 §7.2.
 */
export async function judgeAssertion(
  methods: Methods,
  given: { readonly state: FactorState; readonly form: Form; readonly context: FactorContext },
  options: { readonly isAlone: boolean; readonly signersOf: (response: Assertion) => Promise<Signers | undefined> },
): Promise<Asserted> {
  const { state, form, context } = given;
  const response = parseAssertion(form);
  if (response === undefined) return { ok: false, why: 'malformed' };
  const challenge = readChallenge(state);
  const answered = challengeIn(response);
  if (answered !== undefined && (challenge === '' || !sameText(answered, challenge)))
    return { ok: false, why: 'expired' };
  const signers = answered === undefined ? undefined : await options.signersOf(response);
  if (signers === undefined) return { ok: false, why: 'wrong' };
  // §7.2, step 6: a handle that came along must be this person's.
  const { userHandle } = response.response;
  if (userHandle === undefined ? options.isAlone : userHandle !== signers.handle) return { ok: false, why: 'wrong' };
  const own = await methods.of(context.realm.id, signers.userId);
  const method = own.find(
    (each) => each.kind === 'passkey' && each.state === 'active' && credentialOf(each).credentialId === response.id,
  );
  if (method === undefined) return { ok: false, why: 'wrong' };
  const { issuer } = context.realm;
  const signed = await verify(response, {
    challenge,
    issuer,
    credential: credentialOf(method),
    isAlone: options.isAlone,
  });
  if (signed === undefined) return { ok: false, why: 'wrong' };

  const counted = await methods.update(method.id, (now) => {
    const before = credentialOf(now);
    // §6.1.1: a counter that does not grow means that the key was copied. Authenticators without one say 0.
    const isGrowing = signed.counter > before.counter || (signed.counter === 0 && before.counter === 0);
    if (now.state !== 'active' || !isGrowing) return undefined;
    const data: Credential = { ...before, counter: signed.counter, isBackedUp: signed.isBackedUp };
    return { ...now, lastUsedAt: context.now, data };
  });
  if (!counted.ok) return { ok: false, why: 'wrong' };
  return { ok: true, method, amr: amrOf(credentialOf(method), signed.isUserVerified) };
}

/** Undefined: refused, for whatever reason; the library says it by throwing, or by `verified: false`. */
async function verify(
  response: Assertion,
  given: {
    readonly challenge: string;
    readonly issuer: string;
    readonly credential: Credential;
    readonly isAlone: boolean;
  },
): Promise<{ readonly counter: number; readonly isUserVerified: boolean; readonly isBackedUp: boolean } | undefined> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { credential } = given;
  const { id, origin } = relyingPartyOf(given.issuer);
  const { userHandle: _, ...parts } = response.response;
  const verdict = await verifyAuthenticationResponse({
    response: { ...response, response: parts },
    expectedChallenge: given.challenge,
    expectedOrigin: origin,
    expectedRPID: id,
    credential: {
      id: credential.credentialId,
      publicKey: Uint8Array.from(Buffer.from(credential.publicKey, 'base64url')),
      counter: credential.counter,
    },
    requireUserVerification: given.isAlone,
  }).catch(() => undefined);
  if (verdict?.verified !== true) return undefined;
  const { newCounter, userVerified, credentialBackedUp, credentialDeviceType } = verdict.authenticationInfo;
  // §7.2, step 18: backup eligibility never changes.
  if ((credentialDeviceType === 'multiDevice') !== credential.isSynced) return undefined;
  return { counter: newCounter, isUserVerified: userVerified, isBackedUp: credentialBackedUp };
}
