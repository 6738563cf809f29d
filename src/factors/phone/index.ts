/**
 * Codes by telephone: a text message, a call that reads the code aloud, or a call in which the number of the sign-in page
 * is keyed in. Promises that a code is good once, for ten minutes, in the sign-in that asked for it, that only its keyed
 * hash is kept, and that pages show two digits of a number. Must not know HTTP, other factors, how often someone guessed,
 * nor who carries messages.
 */
import type { Keyring } from '../../kernel/index.ts';
import type { Telephony } from '../../messaging/index.ts';
import type { Store } from '../../store/index.ts';
import type { Factor, FactorContext, Method, Methods, Verified } from '../factor.ts';
import { createAskedCodes } from './asked.ts';
import { codeDigits, parseCode } from './code.ts';
import { createEnrolment, isApproved, numberHash, wayIn } from './enrolment.ts';
import { amrOf, dataOf, openWays, secretOf, type Way } from './method-data.ts';
import { sentModel } from './page.ts';
import type { PhoneParts } from './parts.ts';
import { askBy, nextFrom, sentIn } from './sending.ts';

/** Counts what is keyed in during a call as a guess in its sign-in. `over`: that sign-in takes no more. */
export type CountKeys = (
  about: {
    readonly realm: string;
    readonly userId: string;
    readonly signIn: string;
    readonly factor: string;
    readonly address: string;
  },
  judge: () => Promise<'right' | 'wrong' | 'over'>,
) => Promise<'right' | 'wrong' | 'over'>;

const kind = 'phone';

/** After a report nothing goes to that number for so long. */
const heldMs = 60 * 60 * 1000;

export function createPhone(given: {
  readonly methods: Methods;
  readonly store: Store;
  readonly keyring: Keyring;
  readonly telephony: Telephony;
  readonly countKeys: CountKeys;
}): Factor {
  const { methods, store, keyring, telephony, countKeys } = given;
  const asked = createAskedCodes({ store, keyring });
  const hashOf = numberHash((purpose, value) => keyring.mac(purpose, value));
  const deps: PhoneParts = { methods, telephony, asked, hashOf };

  telephony.listen({
    keys: ({ id, realm, userId, signIn, address }, digits, now) =>
      countKeys({ realm, userId, signIn, factor: kind, address }, () => asked.approve(id, digits, now)),
    async report({ id }, now) {
      const code = await asked.get(id);
      if (code !== undefined && (await asked.report(id, now)))
        await telephony.hold(code.number, new Date(now.getTime() + heldMs));
    },
    withheld: ({ id }, why, now) => asked.withhold(id, why, now),
  });

  const waysOf = (method: Method, context: Pick<FactorContext, 'rules'>): readonly Way[] => {
    const { way, allowsSms } = dataOf(method);
    const open = openWays(context, telephony, allowsSms);
    // What they prefer first.
    return open.toSorted((a, b) => Number(b === way) - Number(a === way));
  };

  return {
    kind,
    strength: 'mfa',
    isSelfService: telephony.isThere,
    channels: ['sms', 'voice'],
    digits: () => codeDigits,
    foresee(method, rules) {
      const [way] = method === undefined ? openWays({ rules }, telephony) : waysOf(method, { rules });
      return { amr: way === undefined ? [] : [amrOf(way)] };
    },
    hint: (method) => `… ${dataOf(method).lastTwo}`,
    faults: {
      wrong: 'factor.phone.fault.wrong',
      replayed: 'factor.phone.fault.replayed',
      expired: 'factor.phone.fault.expired',
      unsuitable: 'factor.phone.fault.unsuitable',
      unavailable: 'factor.phone.fault.unavailable',
      pending: 'factor.phone.fault.pending',
    },

    enrolment: createEnrolment(deps),

    async begin(method, context) {
      const [way] = waysOf(method, context);
      if (way === undefined) return { state: {} };
      const { createdAt: boundAt } = method;
      return askBy(deps, { way, to: secretOf(method), before: undefined, rest: {}, boundAt }, context);
    },

    resend: {
      from(_method, state) {
        const sent = sentIn(state);
        return sent === undefined ? undefined : nextFrom(sent);
      },
      async send(method, state, form, context) {
        const before = sentIn(state);
        const way = wayIn(form, waysOf(method, context));
        if (before === undefined || way === undefined) return { refused: 'unavailable', field: '' };
        const { createdAt: boundAt } = method;
        return askBy(deps, { way, to: secretOf(method), before, rest: {}, boundAt }, context);
      },
    },

    isAnswered: (_method, state) => isApproved(deps, state),

    page: (method, state, context) =>
      sentModel(deps, state, { lastTwo: dataOf(method).lastTwo, ways: waysOf(method, context) }, context),

    async verify(method, state, form, context): Promise<Verified> {
      const sent = sentIn(state);
      if (sent === undefined) return { ok: false, why: 'unavailable', field: '' };
      const isKeyed = sent.way === 'key';
      const code = isKeyed ? undefined : parseCode(form['code']);
      const field = isKeyed ? '' : 'code';
      if (!isKeyed && code === undefined) return { ok: false, why: 'malformed', field };
      const spent = await asked.spend(sent.send, context.signIn, code, context.now);
      // What is used up was used in this very sign-in: no other takes it.
      // Where it is too old the page has no field any more.
      if (!spent.ok && spent.why === 'expired') return { ok: false, why: 'expired', field: '' };
      if (!spent.ok)
        return { ok: false, why: spent.why, field, ...(spent.why === 'replayed' ? { isRepeat: true } : {}) };
      await telephony.used(sent.send);
      await methods.update(method.id, (now) => ({ ...now, lastUsedAt: context.now }));
      return { ok: true, amr: [amrOf(sent.way)] };
    },
  };
}
