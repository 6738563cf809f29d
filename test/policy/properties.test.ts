import fc from 'fast-check';
import {
  allRules,
  circumstances,
  combine,
  type Effective,
  type Facts,
  type Level,
  next,
  type RuleName,
  reaches,
} from '../../src/policy/index.ts';
import { acr, anyLevels, anyRules, closedLevels, kinds } from './arbitrary.ts';
import { afterStep, level, now } from './facts.ts';

const method = fc.record({ kind: fc.constantFrom(...kinds), order: fc.integer({ min: 1, max: 4 }) });
const person = fc.record(
  {
    id: fc.constantFrom('ada', 'bob'),
    isDisabled: fc.nat({ max: 9 }).map((roll) => roll === 9),
    isSecondFactorLocked: fc.constant(false),
    hasPassword: fc.boolean(),
    passwordLength: fc.integer({ min: 1, max: 70 }),
    memberships: fc.array(
      fc.record({
        organization: fc.constantFrom('organization-0', 'organization-1', 'other'),
        under: fc.subarray(['organization-0', 'root']),
        role: fc.constantFrom('owner', 'admin', 'member'),
      }),
      { maxLength: 2 },
    ),
    postponed: fc.record({
      times: fc.nat({ max: 5 }),
      since: fc.nat({ max: 20 }).map((days) => new Date(now.getTime() - days * 86_400_000)),
    }),
    provided: fc.subarray(kinds),
    methods: fc.array(method, { maxLength: 3 }).map((list) => list.map((each, at) => ({ ...each, id: `m${at}` }))),
  },
  { requiredKeys: ['id', 'isDisabled', 'isSecondFactorLocked', 'hasPassword', 'methods'] },
) as fc.Arbitrary<NonNullable<Facts['person']>>;

const factor = fc
  .record({
    strength: fc.constantFrom('mfa', 'phr', 'none'),
    isSelfService: fc.boolean(),
    isBackup: fc.nat({ max: 5 }),
    isFromInventory: fc.boolean(),
    channels: fc.option(fc.subarray(['sms', 'voice'] as const), { nil: undefined }),
  })
  .map(({ isBackup, channels, ...rest }) => ({
    ...rest,
    ...(channels === undefined ? {} : { channels }),
    ...(isBackup === 0 ? { isBackup: true, isSelfService: false } : {}),
  }));
const proof = fc.record({
  factor: fc.constantFrom('password', ...kinds),
  amr: fc.constantFrom(['pwd'], ['otp'], ['hwk', 'user'], ['swk']),
  at: fc.constant(now),
});
const session = fc.record({
  userId: fc.constantFrom('ada', 'bob'),
  acr: fc.constantFrom('single', 'mfa', 'phr', 'strange'),
  amr: fc.constantFrom(['pwd'], ['pwd', 'otp', 'mfa'], ['hwk', 'user', 'mfa']),
  authTime: fc.integer({ min: 0, max: 48 }).map((hours) => new Date(now.getTime() - hours * 3_600_000)),
});

/** `who` is whom a password will name where nobody is known yet. */
const anyFacts = fc
  .record({
    levels: anyLevels,
    factors: fc
      .dictionary(fc.constantFrom('totp', 'token', 'passkey', 'email'), factor)
      .map((all) => new Map(Object.entries(all))),
    acrValues: fc.array(fc.oneof(acr, fc.constant('urn:x')), { maxLength: 2 }),
    essentialAcr: fc.array(fc.oneof(acr, fc.constant('urn:x')), { maxLength: 2 }),
    needsConsent: fc.boolean(),
    mustBe: fc.option(fc.constantFrom('ada', 'bob'), { nil: undefined }),
    who: person,
    isKnown: fc.boolean(),
    rememberedDays: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
    address: fc.constantFrom('192.0.2.1', '198.51.100.1'),
    organizations: fc.subarray(['organization-0', 'organization-1']),
    proven: fc.array(proof, { maxLength: 3 }),
    session: fc.option(session, { nil: undefined }),
    answers: fc.subarray([
      'consented',
      'postponed',
      'started',
      'low:totp',
      'enrolled',
      'chosen:totp',
      'second_skipped',
    ]),
  })
  .map((told): { facts: Facts; who: NonNullable<Facts['person']>; levels: readonly Level[] } => ({
    who: told.who,
    levels: told.levels,
    facts: {
      now,
      rules: combine(told.levels),
      factors: told.factors,
      request: {
        acrValues: told.acrValues,
        essentialAcr: told.essentialAcr,
        needsConsent: told.needsConsent,
        ...(told.mustBe === undefined ? {} : { mustBe: told.mustBe }),
      },
      proven: told.proven,
      answers: told.answers,
      browser: {
        isKnown: told.rememberedDays !== undefined,
        ...(told.rememberedDays === undefined
          ? {}
          : { rememberedAt: new Date(now.getTime() - told.rememberedDays * 86_400_000) }),
      },
      address: told.address,
      organizations: { choices: told.organizations },
      ...(told.isKnown ? { person: told.who } : {}),
      ...(told.session === undefined ? {} : { session: told.session }),
    },
  }));

/** Does what each step asks until the end; the last facts and the last decision. */
function follow(start: Facts, who: NonNullable<Facts['person']>, choices: readonly number[]) {
  let facts = start;
  const visited: string[] = [];
  for (let at = 0; at < 16; at += 1) {
    const decision = next(facts);
    visited.push(decision.step);
    if (decision.step === 'done' || decision.step === 'refused') return { facts, decision, visited };
    facts = afterStep(facts, decision, who, choices[at % choices.length] ?? 0);
  }
  throw new Error(`no end: ${visited.join(' → ')}`);
}

const choices = fc.array(fc.nat({ max: 5 }), { minLength: 4, maxLength: 6 });
const runs = { numRuns: 1_500 };

describe('whatever the facts', () => {
  it('following the steps reaches done or refused', () => {
    fc.assert(
      fc.property(anyFacts, choices, ({ facts, who }, picks) => {
        expect(['done', 'refused']).toContain(follow(facts, who, picks).decision.step);
      }),
      runs,
    );
  });

  it('what is done reaches what policy wants, by a person who may sign in', () => {
    fc.assert(
      fc.property(anyFacts, choices, (told, picks) => {
        const { facts, decision } = follow(told.facts, told.who, picks);
        if (decision.step !== 'done') return;
        expect(reaches(decision.acr, facts.rules.acr.value)).toBe(true);
        const { requirements } = facts.rules.secondFactor;
        const isBound = requirements.some(
          ({ from, grace, roles }) => from === 'at_once' && grace === 'none' && roles === 'all',
        );
        if (isBound && facts.browser.rememberedAt === undefined) expect(reaches(decision.acr, 'mfa')).toBe(true);
        expect(facts.person?.isDisabled).toBe(false);
        expect([undefined, facts.person?.id]).toContain(facts.request.mustBe);
        if (facts.request.essentialAcr.length > 0)
          expect(
            facts.request.essentialAcr.some((value) => value === 'single' || value === 'mfa' || value === 'phr'),
          ).toBe(true);
        if (reaches(decision.acr, 'mfa')) expect(decision.amr).toContain('mfa');
      }),
      runs,
    );
  });

  it('a session made from what is done is enough for the same facts', () => {
    fc.assert(
      fc.property(anyFacts, choices, (told, picks) => {
        const { facts, decision } = follow(told.facts, told.who, picks);
        if (decision.step !== 'done' || facts.person === undefined) return;
        const { acr: reached, amr, authTime } = decision;
        const made = {
          ...facts,
          proven: [],
          answers: ['consented'],
          session: { userId: facts.person.id, acr: reached, amr, authTime },
        };
        expect(next(made)).toMatchObject({ step: 'done', acr: reached, authTime });
      }),
      runs,
    );
  });

  it('fault 28: nothing new is bound while a method the person had was not proven', () => {
    fc.assert(
      fc.property(anyFacts, choices, (told, picks) => {
        const had = told.who.methods.some((each) =>
          ['mfa', 'phr'].includes(told.facts.factors.get(each.kind)?.strength ?? ''),
        );
        if (!had || told.facts.rules.secondFactor.value === 'off') return;
        const { visited } = follow({ ...told.facts, proven: [] }, told.who, picks);
        if (visited.includes('enrol')) expect(visited.indexOf('challenge')).toBeGreaterThan(-1);
        if (visited.includes('enrol')) expect(visited.indexOf('challenge')).toBeLessThan(visited.indexOf('enrol'));
      }),
      runs,
    );
  });

  it('every reason names a rule, a level that is there, and a known word', () => {
    fc.assert(
      fc.property(anyFacts, choices, (told, picks) => {
        let { facts } = told;
        for (let at = 0; at < 16; at += 1) {
          const decision = next(facts);
          expect(decision.reasons.length).toBeGreaterThan(0);
          for (const { rule, level: from, because } of decision.reasons) {
            expect([...allRules, 'always']).toContain(rule);
            expect(['product', ...told.levels.map((each) => each.id)]).toContain(from.id);
            expect(circumstances).toContain(because);
          }
          if (decision.step === 'done' || decision.step === 'refused') return;
          facts = afterStep(facts, decision, told.who, picks[at % picks.length] ?? 0);
        }
      }),
      runs,
    );
  });

  it('the same facts get the same answer', () => {
    fc.assert(
      fc.property(anyFacts, ({ facts }) => expect(next(facts)).toEqual(next(structuredClone(facts)))),
      runs,
    );
  });
});

/** How strict a value is; lists and terms are compared part by part. */
const strictness: Partial<Record<RuleName, (value: never) => readonly number[]>> = {
  secondFactor: (value: string) => [['off', 'optional', 'required'].indexOf(value)],
  requiredFrom: (value: string) => [value === 'at_once' ? Infinity : -Date.parse(value)],
  grace: (value: 'none' | { until?: string; days?: number; postponements?: number }) => {
    if (value === 'none') return [1, 1, 1];
    const { until, days, postponements } = value;
    return [until === undefined ? -Infinity : -Date.parse(until), -(days ?? Infinity), -(postponements ?? Infinity)];
  },
  forRoles: (value: 'all' | readonly string[]) =>
    ['owner', 'admin', 'member'].map((role) => Number(value === 'all' || value.includes(role))),
  secondMethod: (value: string) => [['no', 'wanted', 'required'].indexOf(value)],
  tokenCodes: (value: string) => [Number(value === 'two')],
  preassignedTokensOnly: (value: string) => [Number(value === 'yes')],
  peoplePerToken: (value: number) => [-value],
  sms: (value: string) => [Number(value === 'not')],
  voice: (value: string) => [Number(value === 'not')],
  rememberBrowserDays: (value: number) => [-value],
  sessionHours: (value: number) => [-value],
  idleMinutes: (value: number | 'off') => [value === 'off' ? -Infinity : -value],
  passkeySignIn: (value: string) => [Number(value === 'no')],
  lostPhone: (value: { waitHours: number; approvers: string }) => [
    value.waitHours,
    Number(value.approvers === 'two_people'),
  ],
  acr: (value: string) => [['single', 'mfa', 'phr'].indexOf(value)],
};

function strict(effective: Effective, rule: RuleName): readonly number[] | undefined {
  return strictness[rule]?.(effective[rule].value as never);
}

describe('levels', () => {
  const byOrder: readonly RuleName[] = ['methodOrder', 'externalAuthentication'];
  const asSets: readonly RuleName[] = ['methods', 'forRoles', 'budget', 'networks', 'hours'];
  const asSet = (value: unknown) =>
    Array.isArray(value) ? value.map((each) => JSON.stringify(each)).toSorted() : value;

  it('in any order give the same values, orders and prices aside', () => {
    fc.assert(
      fc.property(closedLevels, fc.nat(), (list, turn) => {
        const cut = turn % (list.length || 1);
        const turned = [...list.slice(cut), ...list.slice(0, cut)].toReversed();
        const [one, other] = [combine(list), combine(turned)];
        for (const rule of allRules.filter((each) => !byOrder.includes(each))) {
          const shape = asSets.includes(rule) ? asSet : (value: unknown) => value;
          expect([rule, shape(other[rule].value)]).toEqual([rule, shape(one[rule].value)]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('added below tighten and never loosen', () => {
    fc.assert(
      fc.property(fc.tuple(anyRules, closedLevels), anyRules, ([first, list], more) => {
        const before = [level(first), ...list];
        const [one, other] = [combine(before), combine([...before, level(more, 'user', 'more')])];
        // Where nobody spoke before, the product’s default gives way to the first who does.
        const hasWait = before.some((each) => each.rules.lostPhone?.waitHours !== undefined);
        const isSpoken = (rule: RuleName) => one[rule].from.kind !== 'product' && (rule !== 'lostPhone' || hasWait);
        for (const rule of allRules.filter(isSpoken)) {
          const [was, is] = [strict(one, rule), strict(other, rule)];
          was?.forEach((part, at) => expect([rule, is?.[at] ?? NaN]).toEqual([rule, Math.max(part, is?.[at] ?? NaN)]));
        }
        for (const rule of ['budget', 'networks', 'hours'] as const) {
          expect(other[rule].value).toEqual(expect.arrayContaining([...one[rule].value]));
        }
        // A second factor that becomes certain lets the password’s floor go from 15 to 8, and nothing else does.
        const isFloorLower = other.acr.value !== 'single' || other.secondFactor.value === 'required';
        if (!isFloorLower) expect(other.passwordMinLength.value).toBeGreaterThanOrEqual(one.passwordMinLength.value);
        for (const each of before)
          expect(other.passwordMinLength.value).toBeGreaterThanOrEqual(each.rules.passwordMinLength ?? 0);
        if (!one.methods.value.includes('*')) {
          for (const kind of other.methods.value) expect(one.methods.value).toContain(kind);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('give the strictest of what they say', () => {
    fc.assert(
      fc.property(closedLevels, (list) => {
        const effective = combine(list);
        for (const rule of [
          'secondFactor',
          'sessionHours',
          'idleMinutes',
          'rememberBrowserDays',
          'secondMethod',
        ] as const) {
          const rank = strictness[rule] as (value: unknown) => readonly [number];
          const said = list.flatMap((each) => (each.rules[rule] === undefined ? [] : rank(each.rules[rule])));
          if (said.length > 0) expect(rank(effective[rule].value)[0]).toBe(Math.max(...said));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('that lost are listed, each once, and the winner is not among them', () => {
    fc.assert(
      fc.property(anyLevels, (list) => {
        const effective = combine(list);
        for (const rule of allRules) {
          const { from, others } = effective[rule];
          const ids = others.map((other) => other.level.id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).not.toContain(from.id);
          expect([...list.map((each) => each.id), 'product']).toEqual(expect.arrayContaining([from.id, ...ids]));
        }
      }),
      { numRuns: 400 },
    );
  });
});
