import fc from 'fast-check';
import {
  circumstances,
  combine,
  type Facts,
  type Level,
  next,
  type RuleName,
  type Rules,
  reaches,
  rulesShape,
} from '../../src/policy/index.ts';
import { afterStep, level, now } from './facts.ts';

const kinds = ['totp', 'token', 'passkey', 'email', 'pigeon'];
const acr = fc.constantFrom('single', 'mfa', 'phr');

const rules = fc.record(
  {
    secondFactor: fc.constantFrom('off', 'optional', 'required'),
    methods: fc.uniqueArray(fc.constantFrom(...kinds, '*'), { maxLength: 4 }),
    sessionHours: fc.integer({ min: 1, max: 720 }),
    idleMinutes: fc.oneof(fc.integer({ min: 5, max: 1440 }), fc.constant('off' as const)),
    passwordMinLength: fc.integer({ min: 8, max: 64 }),
    passkeySignIn: fc.constantFrom('yes', 'no'),
    acr,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Rules>;
const levelKind = fc.constantFrom<Level['kind'][]>('realm', 'organization', 'portal', 'user');
const levels = fc
  .array(fc.tuple(rules, levelKind), { maxLength: 5 })
  .map((list) => list.map(([each, kind], at) => level(each, kind, `${kind}-${at}`)));

const method = fc.record({ kind: fc.constantFrom(...kinds), order: fc.integer({ min: 1, max: 4 }) });
const person = fc.record(
  {
    id: fc.constantFrom('ada', 'bob'),
    isDisabled: fc.nat({ max: 9 }).map((roll) => roll === 9),
    isSecondFactorLocked: fc.constant(false),
    hasPassword: fc.boolean(),
    passwordLength: fc.integer({ min: 1, max: 70 }),
    methods: fc.array(method, { maxLength: 3 }).map((list) => list.map((each, at) => ({ ...each, id: `m${at}` }))),
  },
  { requiredKeys: ['id', 'isDisabled', 'isSecondFactorLocked', 'hasPassword', 'methods'] },
) as fc.Arbitrary<NonNullable<Facts['person']>>;

const factor = fc
  .record({
    strength: fc.constantFrom('mfa', 'phr', 'none'),
    isSelfService: fc.boolean(),
    isBackup: fc.nat({ max: 5 }),
  })
  .map(({ isBackup, ...rest }) => (isBackup === 0 ? { ...rest, isBackup: true, isSelfService: false } : rest));
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
    levels,
    factors: fc
      .dictionary(fc.constantFrom('totp', 'token', 'passkey', 'email'), factor)
      .map((all) => new Map(Object.entries(all))),
    acrValues: fc.array(fc.oneof(acr, fc.constant('urn:x')), { maxLength: 2 }),
    essentialAcr: fc.array(fc.oneof(acr, fc.constant('urn:x')), { maxLength: 2 }),
    needsConsent: fc.boolean(),
    mustBe: fc.option(fc.constantFrom('ada', 'bob'), { nil: undefined }),
    who: person,
    isKnown: fc.boolean(),
    proven: fc.array(proof, { maxLength: 3 }),
    session: fc.option(session, { nil: undefined }),
    answers: fc.subarray(['consented', 'postponed', 'started', 'low:totp', 'enrolled']),
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
      browser: { isKnown: false },
      ...(told.isKnown ? { person: told.who } : {}),
      ...(told.session === undefined ? {} : { session: told.session }),
    },
  }));

/** Does what each step asks until the end; the last facts and the last decision. */
function follow(start: Facts, who: NonNullable<Facts['person']>, choices: readonly number[]) {
  let facts = start;
  const visited: string[] = [];
  for (let at = 0; at < 12; at += 1) {
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
        if (facts.rules.secondFactor.value === 'required') expect(reaches(decision.acr, 'mfa')).toBe(true);
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
        for (let at = 0; at < 12; at += 1) {
          const decision = next(facts);
          expect(decision.reasons.length).toBeGreaterThan(0);
          for (const { rule, level: from, because } of decision.reasons) {
            expect([...Object.keys(rulesShape.shape), 'always']).toContain(rule);
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

describe('levels', () => {
  const strictness = {
    secondFactor: (value: string) => ['off', 'optional', 'required'].indexOf(value),
    acr: (value: string) => ['single', 'mfa', 'phr'].indexOf(value),
    sessionHours: (value: number) => -value,
    idleMinutes: (value: number | 'off') => (value === 'off' ? -Infinity : -value),
  } as const;

  it('in any order give the same values, the order of methods aside', () => {
    fc.assert(
      fc.property(levels, fc.nat(), (list, turn) => {
        const turned = [
          ...list.slice(turn % (list.length || 1)),
          ...list.slice(0, turn % (list.length || 1)),
        ].toReversed();
        const [one, other] = [combine(list), combine(turned)];
        for (const rule of ['secondFactor', 'acr', 'sessionHours', 'idleMinutes', 'passwordMinLength'] as const) {
          expect(other[rule].value).toBe(one[rule].value);
        }
        expect(new Set(other.methods.value)).toEqual(new Set(one.methods.value));
      }),
      runs,
    );
  });

  it('added below tighten and never loosen', () => {
    fc.assert(
      fc.property(fc.tuple(rules, levels), rules, ([first, list], more) => {
        const before = [level(first), ...list];
        const [one, other] = [combine(before), combine([...before, level(more, 'user', 'more')])];
        // Where nobody spoke before, the product’s default gives way to the first who does.
        const spoken = (rule: keyof Rules) => before.some((each) => each.rules[rule] !== undefined);
        for (const rule of ['secondFactor', 'acr', 'sessionHours', 'idleMinutes'] as const) {
          const rank = strictness[rule] as (value: unknown) => number;
          if (spoken(rule)) expect(rank(other[rule].value)).toBeGreaterThanOrEqual(rank(one[rule].value));
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
      runs,
    );
  });

  it('that lost are listed, each once, and the winner is not among them', () => {
    fc.assert(
      fc.property(levels, (list) => {
        const effective = combine(list);
        for (const rule of Object.keys(effective) as RuleName[]) {
          const said = list.filter((each) => each.rules[rule] !== undefined).map((each) => each.id);
          const { from, others } = effective[rule];
          const ids = others.map((other) => other.level.id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).not.toContain(from.id);
          for (const id of ids) expect(said).toContain(id);
        }
      }),
      runs,
    );
  });
});
