/**
 * Time-based one-time codes from any authenticator app (RFC 6238). Promises that a code succeeds at most once: the step
 * of the last accepted code is kept in the method, and moves forward only, by compare-and-set. Must not know HTTP,
 * other factors, or how often someone guessed.
 */
import { z } from 'zod';
import type { Factor, FactorContext, Method, Methods } from '../factor.ts';
import { parseCode } from './code.ts';
import { qrPath } from './qr.ts';
import { appDefaults, matchingStep, newSecret, otpauthUri, type TotpSeed } from './seed.ts';

/** `lastStep`: of the last accepted code. `lastSignIn`: the sign-in that spent it. */
const dataShape = z.object({
  algorithm: z.enum(['sha1', 'sha256', 'sha512']),
  digits: z.literal([6, 8]),
  periodS: z.number(),
  lastStep: z.number(),
  lastSignIn: z.string().optional(),
});

const stateShape = z.object({ secret: z.string() });

function seedOf(method: Method): { seed: TotpSeed; lastStep: number; lastSignIn: string | undefined } {
  const { lastStep, lastSignIn, ...parameters } = dataShape.parse(method.data);
  if (method.secret === undefined) throw new Error(`method ${method.id} has no secret`);
  return { seed: { ...parameters, secret: method.secret }, lastStep, lastSignIn };
}

export function createTotp(deps: { readonly methods: Methods }): Factor {
  const { methods } = deps;

  return {
    kind: 'totp',
    strength: 'mfa',
    isSelfService: true,
    digits: (method) => seedOf(method).seed.digits,

    enrolment: {
      step: 'enrol-app',
      async begin() {
        return { secret: newSecret() };
      },
      async page(state, context) {
        const secret = stateShape.parse(state).secret;
        const uri = otpauthUri({ secret, ...appDefaults }, context.realm.name, context.user.label);
        return {
          secret,
          secretSpaced: secret.match(/.{1,4}/g)?.join(' ') ?? '',
          uri,
          qr: qrPath(uri),
          digits: appDefaults.digits,
        };
      },
      async submit(state, form, context) {
        const code = parseCode(form['code']);
        if (code === undefined) return { ok: false, why: 'malformed', field: 'code' };
        const { secret } = stateShape.parse(state);
        const step = matchingStep({ secret, ...appDefaults }, code, context.now);
        if (step === undefined) return { ok: false, why: 'wrong', field: 'code' };
        // The code that proves the enrolment is spent as well.
        const data = { ...appDefaults, lastStep: step, lastSignIn: context.signIn };
        return { ok: true, method: { data, secret }, amr: ['otp'] };
      },
    },

    async page(method) {
      const { seed } = seedOf(method);
      return { digits: seed.digits, periodS: seed.periodS };
    },

    async verify(method, _state, form, context) {
      const code = parseCode(form['code']);
      if (code === undefined) return { ok: false, why: 'malformed', field: 'code' };
      const step = matchingStep(seedOf(method).seed, code, context.now);
      if (step === undefined) return { ok: false, why: 'wrong', field: 'code' };
      const spent = await spend(methods, method.id, step, context);
      if (spent.ok) return { ok: true, amr: ['otp'] };
      return { ok: false, why: 'replayed', field: 'code', isRepeat: spent.isRepeat };
    },
  };
}

/** RFC 6238 §5.2: "The verifier MUST NOT accept the second attempt of the OTP". Any step up to the last one is spent. */
async function spend(
  methods: Methods,
  id: string,
  step: number,
  context: FactorContext,
): Promise<{ ok: true } | { ok: false; isRepeat: boolean }> {
  let isRepeat = false;
  const updated = await methods.update(id, (method) => {
    const { lastStep, lastSignIn } = dataShape.parse(method.data);
    isRepeat = step === lastStep && lastSignIn === context.signIn;
    if (method.state !== 'active' || step <= lastStep) return undefined;
    return { ...method, lastUsedAt: context.now, data: { ...method.data, lastStep: step, lastSignIn: context.signIn } };
  });
  return updated.ok ? { ok: true } : { ok: false, isRepeat };
}

/** A method's data for a seed that came from elsewhere (a realm file): nothing spent yet. */
export function totpMethod(secret: string): { readonly data: Method['data']; readonly secret: string } {
  return { secret, data: { ...appDefaults, lastStep: -1 } };
}

export { appDefaults as totpDefaults, codeAt, stepAt, type TotpSeed } from './seed.ts';
