/**
 * Codes by email, to the person's own address. Promises that a code is good once, for ten minutes, in the sign-in it was
 * sent for, and that only its keyed hash is kept. Whoever reads the mail has it, so it never raises `acr`, and policy
 * asks for it only where it names it (NIST SP 800-63B-4 §3.1.3.1: no email for out-of-band authentication). Must not
 * know HTTP, other factors, or how often someone guessed.
 */
import { z } from 'zod';
import { type Keyring, sameText } from '../../kernel/index.ts';
import type { Asking, Factor, FactorContext, FactorState, Methods, Refusal } from '../factor.ts';
import { goodForMs, masked, newCode, parseCode } from './code.ts';

/** Absent `hash`: nothing was sent. `sent`: how many in this sign-in. */
const stateShape = z.object({
  hash: z.string().optional(),
  sentAtMs: z.number().optional(),
  sent: z.number().default(0),
});

/** When codes were sent in the last hour: who knows the password must not flood the mailbox. */
const dataShape = z.object({ sentAtMs: z.array(z.number()).default([]) });

const resendAfterMs = 30_000;
const mostPerSignIn = 5;
const mostPerHour = 10;
const hourMs = 60 * 60_000;

export function createEmail(deps: { readonly methods: Methods; readonly keyring: Pick<Keyring, 'mac'> }): Factor {
  const { methods, keyring } = deps;

  const hashOf = ({ user, signIn }: FactorContext, code: string) =>
    keyring.mac('email code', JSON.stringify([user.id, signIn, code]));

  /** `sent`: before this one. */
  function asking(context: FactorContext, sent: number): Asking {
    if (context.email === undefined) return { state: { sent } };
    const code = newCode();
    return {
      state: { hash: hashOf(context, code), sentAtMs: context.now.getTime(), sent: sent + 1 },
      outbox: context.mail('email-code', {}, { code }),
    };
  }

  function refusal(state: FactorState, code: unknown, context: FactorContext): Refusal | undefined {
    const typed = parseCode(code);
    if (typed === undefined) return 'malformed';
    const { hash, sentAtMs = 0 } = stateShape.parse(state);
    const age = context.now.getTime() - sentAtMs;
    if (hash === undefined || age < 0 || age >= goodForMs) return 'expired';
    return sameText(hash, hashOf(context, typed)) ? undefined : 'wrong';
  }

  const mayBeSentAgainFrom = (state: FactorState): Date | undefined => {
    const { sent, sentAtMs } = stateShape.parse(state);
    if (sentAtMs === undefined || sent >= mostPerSignIn) return undefined;
    return new Date(sentAtMs + resendAfterMs);
  };

  const page = async (state: FactorState, { email }: FactorContext) => ({
    to: email === undefined ? undefined : masked(email),
    isSent: stateShape.parse(state).hash !== undefined,
    minutes: goodForMs / 60_000,
    digits: 6,
  });

  return {
    kind: 'email',
    strength: 'none',
    isSelfService: true,
    digits: () => 6,
    faults: { expired: 'factor.email.fault.expired', unavailable: 'factor.email.fault.unavailable' },

    enrolment: {
      view: (state) => (stateShape.parse(state).hash === undefined ? 'enrol' : 'enrol-code'),
      begin: async () => ({ sent: 0 }),
      page,
      async submit(state, form, context) {
        if (stateShape.parse(state).hash === undefined) {
          if (context.email === undefined) return { ok: false, why: 'unavailable', field: '' };
          return { ok: 'more', ...asking(context, 0) };
        }
        const why = refusal(state, form['code'], context);
        if (why !== undefined) return { ok: false, why, field: 'code' };
        return { ok: true, method: { data: { sentAtMs: [] } }, amr: ['otp'] };
      },
      resend: {
        from: mayBeSentAgainFrom,
        send: async (state, _form, context) => asking(context, stateShape.parse(state).sent),
      },
    },

    async begin(method, context) {
      return (await admit(method.id, context)) ? asking(context, 0) : { state: { sent: 0 } };
    },

    resend: {
      from: (_method, state) => mayBeSentAgainFrom(state),
      async send(method, state, _form, context) {
        if (!(await admit(method.id, context))) return { refused: 'unavailable', field: '' };
        return asking(context, stateShape.parse(state).sent);
      },
    },

    page: (_method, state, context) => page(state, context),

    async verify(method, state, form, context) {
      const why = refusal(state, form['code'], context);
      if (why !== undefined) return { ok: false, why, field: 'code' };
      const used = await methods.update(method.id, (now) =>
        now.state === 'active' ? { ...now, lastUsedAt: context.now } : undefined,
      );
      return used.ok ? { ok: true, amr: ['otp'] } : { ok: false, why: 'wrong', field: 'code' };
    },
  };

  async function admit(id: string, { now }: FactorContext): Promise<boolean> {
    const at = now.getTime();
    const admitted = await methods.update(id, (method) => {
      const recent = dataShape.parse(method.data).sentAtMs.filter((each) => at - each < hourMs);
      if (method.state !== 'active' || recent.length >= mostPerHour) return undefined;
      return { ...method, data: { ...method.data, sentAtMs: [...recent, at] } };
    });
    return admitted.ok;
  }
}
