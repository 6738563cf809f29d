import type { Enrolled, FactorContext, FactorState, Form, Methods, PageModel } from '../factor.ts';
import { hasCertificate } from './attestation.ts';
import { challengeState, readChallenge, timeoutMs } from './challenge.ts';
import { amrOf, type Credential, credentialOf } from './credential.ts';
import type { Handles } from './handles.ts';
import { algorithms, isUsableKey } from './public-key.ts';
import { relyingPartyOf } from './relying-party.ts';
import { challengeIn, parseRegistration, type Registration } from './response.ts';

const longestName = 60;

export function createEnrolment({ methods, handles }: { readonly methods: Methods; readonly handles: Handles }) {
  async function page(state: FactorState, { realm, user }: FactorContext): Promise<PageModel> {
    const { generateRegistrationOptions } = await import('@simplewebauthn/server');
    const own = (await methods.of(realm.id, user.id)).filter((method) => method.kind === 'passkey').map(credentialOf);
    const options = await generateRegistrationOptions({
      rpName: realm.name,
      rpID: relyingPartyOf(realm.issuer).id,
      userID: Uint8Array.from(Buffer.from(await handles.of(realm.id, user.id), 'base64url')),
      userName: user.label,
      challenge: Uint8Array.from(Buffer.from(readChallenge(state), 'base64url')),
      timeout: timeoutMs,
      supportedAlgorithmIDs: algorithms,
      // What the authenticator is matters only where a realm allows some alone.
      attestationType: realm.authenticators === undefined ? 'none' : 'direct',
      excludeCredentials: own.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    });
    return { options: JSON.stringify(options) };
  }

  async function submit(state: FactorState, form: Form, context: FactorContext): Promise<Enrolled> {
    const { realm, user } = context;
    const refuse = (why: Extract<Enrolled, { ok: false }>['why']): Enrolled => ({ ok: false, why, field: '' });
    const response = parseRegistration(form);
    if (response === undefined) return refuse('malformed');
    const challenge = readChallenge(state);
    const answered = challengeIn(response);
    if (answered !== undefined && answered !== challenge) return refuse('expired');
    const registered = answered === undefined ? undefined : await judge(response, challenge, realm.issuer);
    if (registered === undefined) return refuse('wrong');
    const { credential, isUserVerified } = registered;
    if (!(await isAllowed(response, credential, realm.authenticators))) return refuse('unsuitable');
    const by = { realm: realm.id, userId: user.id, signIn: context.signIn, at: context.now };
    // WebAuthn Level 3 §7.1, step 26: known to nobody yet.
    if (!(await handles.claim(credential.credentialId, by))) return refuse('replayed');
    const name = (form['name'] ?? '').replaceAll(/\p{C}/gu, '').trim().slice(0, longestName);
    return {
      ok: true,
      method: { ...(name === '' ? {} : { name }), data: credential },
      amr: amrOf(credential, isUserVerified),
    };
  }

  return { begin: async () => challengeState(), page, submit };
}

async function isAllowed(
  response: Registration,
  { aaguid }: Credential,
  allowed: readonly string[] | undefined,
): Promise<boolean> {
  return allowed === undefined || (allowed.includes(aaguid) && (await hasCertificate(response)));
}

/** WebAuthn Level 3 §7.1. Undefined: refused, for whatever reason; the library says it by throwing. */
async function judge(
  response: Registration,
  expectedChallenge: string,
  issuer: string,
): Promise<{ readonly credential: Credential; readonly isUserVerified: boolean } | undefined> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { id, origin } = relyingPartyOf(issuer);
  const { transports = [], ...parts } = response.response;
  const verdict = await verifyRegistrationResponse({
    response: { ...response, response: parts },
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: id,
    requireUserVerification: false,
    supportedAlgorithmIDs: algorithms,
  }).catch(() => undefined);
  if (verdict?.verified !== true) return undefined;
  const { credential, aaguid, credentialBackedUp, credentialDeviceType, userVerified } = verdict.registrationInfo;
  // The id beside the attested data is signed by nobody: both must be the same.
  if (credential.id !== response.id || !(await isUsableKey(credential.publicKey))) return undefined;
  return {
    credential: {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports,
      aaguid,
      isSynced: credentialDeviceType === 'multiDevice',
      isBackedUp: credentialBackedUp,
    },
    isUserVerified: userVerified,
  };
}
