/**
 * One-time-code generators known by a Credential ID, out of the realm's inventory (`src/tokens/`), which judges and spends
 * their codes: a method only says whose token it is. Promises that a Credential ID which is unknown, somebody else's or
 * shown with a wrong code is answered alike, and that two consecutive codes bring a token back into step only after
 * misses. Must not know HTTP, other factors, seeds, or how often someone guessed.
 */
import { z } from 'zod';
import type { Proof, TokenRules, Tokens } from '../../tokens/index.ts';
import type { Factor, FactorContext, Methods } from '../factor.ts';
import { readCodes, readName } from './form.ts';
import { dataOf, isOf, kind, readMethod } from './method.ts';

const stateShape = z.object({ codes: z.literal([1, 2]) });

const enrolFields = ['security_code_1', 'security_code_2'] as const;
const challengeFields = ['code', 'next_code'] as const;

export function createToken({
  tokens,
  methods,
}: {
  readonly tokens: Tokens;
  readonly methods: Pick<Methods, 'of'>;
}): Factor {
  const proof = (codes: Proof['codes'], { signIn, now }: FactorContext): Proof => ({ codes, signIn, now });

  return {
    kind,
    strength: 'mfa',
    isSelfService: true,
    isFromInventory: true,
    digits: (method) => readMethod(method).digits,
    faults: {
      wrong: 'factor.token.fault.wrong',
      replayed: 'factor.token.fault.replayed',
      unsuitable: 'factor.token.fault.unsuitable',
    },

    async supply(realm, userId, methods) {
      if (!(await tokens.hasTokens(realm))) return { isStocked: false, isProvided: false };
      if (userId === undefined) return { isStocked: true, isProvided: false };
      const held = new Set(methods.filter((method) => method.kind === kind).map((method) => readMethod(method).token));
      const { items } = await tokens.list({ realm, person: userId, standing: 'assigned', limit: 50 });
      return { isStocked: true, isProvided: items.some((token) => !held.has(token.id)) };
    },

    async removed(method, at) {
      const { token, credentialId } = readMethod(method);
      const theirs = await methods.of(method.realm, method.userId);
      if (!theirs.some(isOf(token))) await tokens.release(method.realm, credentialId, method.userId, at);
    },

    async supplies(realm) {
      if (!(await tokens.hasTokens(realm))) return { isStocked: false, isProvided: () => false };
      const assigned = await tokens.assigned(realm);
      return {
        isStocked: true,
        isProvided(userId, methods) {
          const held = new Set(methods.map((method) => readMethod(method).token));
          return assigned.get(userId)?.some((token) => !held.has(token)) === true;
        },
      };
    },

    enrolment: {
      keeps: ['credential_id', 'name'],
      async begin({ rules }) {
        return { codes: rules.tokenCodes.value === 'two' ? 2 : 1 };
      },
      async page(state) {
        return { codes: stateShape.parse(state).codes };
      },
      async submit(_state, form, context) {
        const rules = rulesOf(context);
        const read = readCodes(form, enrolFields, rules.codes === 'two' ? 2 : 1);
        if ('malformed' in read) return { ok: false, why: 'malformed', field: read.malformed };
        // Whether that can be a Credential ID is not told: it would be another answer than for one that is unknown.
        const claimed = await tokens.claim(context.realm.id, form['credential_id'] ?? '', proof(read.codes, context), {
          userId: context.user.id,
          organizations: context.organizations ?? [],
          rules,
        });
        if (!claimed.ok)
          return claimed.why === 'replayed'
            ? { ok: false, why: 'replayed', field: 'security_code_1' }
            : { ok: false, why: 'wrong', field: '', says: 'factor.token.fault.not-registered' };
        const name = readName(form['name']);
        return {
          ok: true,
          method: { data: dataOf(claimed.token), ...(name === undefined ? {} : { name }) },
          amr: ['otp'],
        };
      },
    },

    async page(method) {
      const { token, credentialId, digits, kind: of, periodS } = readMethod(method);
      return { credentialId, digits, kind: of, periodS, isOutOfStep: await tokens.isOutOfStep(token) };
    },

    async verify(method, _state, form, context) {
      const { token, digits } = readMethod(method);
      const read = readCodes(form, challengeFields, 1);
      if ('malformed' in read) return { ok: false, why: 'malformed', field: read.malformed };
      if (read.codes[0].length !== digits) return { ok: false, why: 'malformed', field: 'code' };
      const spent = await tokens.spend(token, method.userId, proof(read.codes, context));
      return spent.ok ? { ok: true, amr: ['otp'] } : { ...spent, field: 'code' };
    },
  };
}

function rulesOf({ rules }: FactorContext): TokenRules {
  return {
    codes: rules.tokenCodes.value,
    isPreassignedOnly: rules.preassignedTokensOnly.value === 'yes',
    peoplePerToken: rules.peoplePerToken.value,
  };
}

export { bindToken, isOf as isMethodOf, unbindToken } from './method.ts';
