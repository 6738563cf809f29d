/**
 * Recovery codes: ten on paper, each good once, in any order, for when nothing else is at hand. Promises that a code
 * opens one sign-in of its own person, that each use is told to them, and that no code can be read out of the store. Must
 * not know HTTP, other factors, or how often someone guessed.
 */
import { z } from 'zod';
import { randomToken } from '../../kernel/index.ts';
import type { Factor, Method, Methods } from '../factor.ts';
import { hashOf, newCodes, parseCode, spaced } from './codes.ts';

const stateShape = z.object({ codes: z.array(z.string()) });

const dataShape = z.object({
  unused: z.array(z.string()),
  spent: z.array(z.object({ hash: z.string(), signIn: z.string() })),
});

/** With so many left a new set is handed out. */
const fewLeft = 3;

function setOf(method: Method): z.infer<typeof dataShape> & { readonly key: string } {
  if (method.secret === undefined) throw new Error(`method ${method.id} has no secret`);
  return { ...dataShape.parse(method.data), key: method.secret };
}

export function createRecovery({ methods }: { readonly methods: Methods }): Factor {
  return {
    kind: 'recovery',
    strength: 'mfa',
    isSelfService: false,
    isBackup: true,
    answersForKind: true,
    foresee: (method) =>
      method === undefined ? { amr: [] } : { amr: ['otp'], isLow: setOf(method).unused.length - 1 <= fewLeft },
    faults: {
      malformed: 'factor.recovery.fault.malformed',
      wrong: 'factor.recovery.fault.wrong',
      replayed: 'factor.recovery.fault.replayed',
    },

    enrolment: {
      step: 'recovery-codes',
      begin: async () => ({ codes: newCodes() }),
      async page(state) {
        const codes = stateShape.parse(state).codes.map(spaced);
        const text = codes.join('\n');
        // Works without scripts, and lies nowhere on the way.
        return { codes, text, download: `data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}` };
      },
      async submit(state, form) {
        if (form['kept'] !== 'yes') return { ok: false, why: 'malformed', field: '' };
        const key = randomToken(32);
        const unused = stateShape.parse(state).codes.map((code) => hashOf(key, code));
        return { ok: true, method: { data: { unused, spent: [] }, secret: key }, amr: [] };
      },
    },

    page: async (method) => ({ left: setOf(method).unused.length }),

    // Constant time is not called for: what is compared are hashes under a key that whoever asks does not have.
    async verify(method, _state, form, context) {
      const code = parseCode(form['code']);
      if (code === undefined) return { ok: false, why: 'malformed', field: 'code' };
      const hash = hashOf(setOf(method).key, code);
      let left = 0;
      let before: { readonly signIn: string } | undefined;
      const spent = await methods.update(method.id, (now) => {
        const set = setOf(now);
        before = set.spent.find((each) => each.hash === hash);
        if (now.state !== 'active' || !set.unused.includes(hash)) return undefined;
        const unused = set.unused.filter((each) => each !== hash);
        left = unused.length;
        return {
          ...now,
          lastUsedAt: context.now,
          data: { unused, spent: [...set.spent, { hash, signIn: context.signIn }] },
          outbox: [...(now.outbox ?? []), ...context.notice('recovery-used', { left })],
        };
      });
      if (spent.ok) return { ok: true, amr: ['otp'], isLow: left <= fewLeft };
      if (before === undefined) return { ok: false, why: 'wrong', field: 'code' };
      return { ok: false, why: 'replayed', field: 'code', isRepeat: before.signIn === context.signIn };
    },
  };
}
