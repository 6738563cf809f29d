/**
 * Passkeys: public key credentials of WebAuthn Level 3, on a device or synced between several. Promises that a signature
 * counts for the challenge of this very sign-in, this realm's origin and a key of this person alone, and that a copied
 * key with a counter is noticed. Must not know HTTP, other factors, or how often someone tried.
 */
import type { Store } from '../../store/index.ts';
import type { Factor, Methods, PageModel } from '../factor.ts';
import { judgeAssertion } from './assertion.ts';
import { challengeState, readChallenge, timeoutMs } from './challenge.ts';
import { amrOf, credentialOf } from './credential.ts';
import { createEnrolment } from './enrolment.ts';
import { createHandles } from './handles.ts';
import { relyingPartyOf } from './relying-party.ts';

export function createPasskey({ methods, store }: { readonly methods: Methods; readonly store: Store }): Factor {
  const handles = createHandles(store);

  return {
    kind: 'passkey',
    strength: 'phr',
    isSelfService: true,
    isExemptFromHolds: true,
    isSpentByTry: true,
    answersForKind: true,
    // Most new ones are synced; PIN or biometrics are asked for wherever there are any.
    foresee: (method) => ({ amr: amrOf(method === undefined ? { isSynced: true } : credentialOf(method), true) }),
    faults: {
      malformed: 'factor.passkey.fault.none',
      wrong: 'factor.passkey.fault.wrong',
      replayed: 'factor.passkey.fault.known',
      expired: 'factor.passkey.fault.expired',
      unsuitable: 'factor.passkey.fault.unsuitable',
    },

    enrolment: createEnrolment({ methods, handles }),

    begin: async () => ({ state: challengeState() }),

    async page(method, state, { realm }) {
      const own = (await methods.of(realm.id, method.userId)).filter(
        (each) => each.kind === 'passkey' && each.state === 'active',
      );
      const allowed = own.map(credentialOf).map(({ credentialId, transports }) => ({ id: credentialId, transports }));
      return requestOptions(readChallenge(state), realm.issuer, 'preferred', allowed);
    },

    async verify(method, state, form, context) {
      const handle = await handles.of(method.realm, method.userId);
      const signersOf = async () => ({ userId: method.userId, handle });
      const asserted = await judgeAssertion(methods, { state, form, context }, { isAlone: false, signersOf });
      if (!asserted.ok) return { ...asserted, field: '' };
      return { ok: true, amr: asserted.amr, methodId: asserted.method.id };
    },

    alone: {
      autofill: 'webauthn',
      begin: async () => challengeState(),
      page: (state, { realm }) => requestOptions(readChallenge(state), realm.issuer, 'required'),

      // §7.2, step 6: nobody was named before, so the user handle names them.
      async identify(state, form, context) {
        const asserted = await judgeAssertion(
          methods,
          { state, form, context },
          {
            isAlone: true,
            async signersOf({ response: { userHandle: handle = '' } }) {
              const userId = await handles.personOf(context.realm.id, handle);
              return userId === undefined ? undefined : { userId, handle };
            },
          },
        );
        if (!asserted.ok) return asserted;
        return { ok: true, userId: asserted.method.userId, methodId: asserted.method.id, amr: asserted.amr };
      },
    },
  };
}

async function requestOptions(
  challenge: string,
  issuer: string,
  userVerification: 'preferred' | 'required',
  allowCredentials: { id: string; transports: string[] }[] = [],
): Promise<PageModel> {
  const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
  const options = await generateAuthenticationOptions({
    rpID: relyingPartyOf(issuer).id,
    challenge: Uint8Array.from(Buffer.from(challenge, 'base64url')),
    timeout: timeoutMs,
    userVerification,
    allowCredentials,
  });
  return { options: JSON.stringify(options) };
}
