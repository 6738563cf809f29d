/**
 * Codes by email, to the person's own address. Promises that a code is good once, for ten minutes, in the sign-in it was
 * sent for, and that only its keyed hash is kept. Whoever reads the mail has it, so it never raises `acr`, and policy
 * asks for it only where it names it (NIST SP 800-63B-4 §3.1.3.1: no email for out-of-band authentication). Must not
 * know HTTP, other factors, or how often someone guessed.
 */
import { z } from 'zod';
import { type Keyring, sameText } from '../../kernel/index.ts';
import type { Store } from '../../store/index.ts';
import type { Asking, Factor, FactorContext, FactorState, Methods, NotAsked, Refusal } from '../factor.ts';
import { goodForMs, masked, newCode, parseCode } from './code.ts';
import { createMailings } from './mailings.ts';

/** Absent `hash`: nothing was sent. `sent`: how many in this sign-in. */
const stateShape = z.object({
  hash: z.string().optional(),
  sentAtMs: z.number().optional(),
  sent: z.number().default(0),
});

const resendAfterMs = 30_000;
const mostPerSignIn = 5;

/** Create before `store.bootstrap()`. */
export function createEmail(deps: {
  readonly methods: Methods;
  readonly keyring: Pick<Keyring, 'mac'>;
  readonly store: Store;
}): Factor {
  const { methods, keyring } = deps;
  const admit = createMailings(deps);

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

  /** Another one of the same sign-in. */
  async function again(state: FactorState, context: FactorContext): Promise<Asking | NotAsked> {
    if (!(await admit(context))) return { refused: 'unavailable', field: '' };
    return asking(context, stateShape.parse(state).sent);
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
          const canBeSent = context.email !== undefined && (await admit(context));
          if (!canBeSent) return { ok: false, why: 'unavailable', field: '' };
          return { ok: 'more', ...asking(context, 0) };
        }
        const why = refusal(state, form['code'], context);
        if (why !== undefined) return { ok: false, why, field: 'code' };
        return { ok: true, method: { data: {} }, amr: ['otp'] };
      },
      resend: {
        from: mayBeSentAgainFrom,
        send: (state, _form, context) => again(state, context),
      },
    },

    async begin(_method, context) {
      return (await admit(context)) ? asking(context, 0) : { state: { sent: 0 } };
    },

    resend: {
      from: (_method, state) => mayBeSentAgainFrom(state),
      send: (_method, state, _form, context) => again(state, context),
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
}
