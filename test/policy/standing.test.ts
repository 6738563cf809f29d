import fc from 'fast-check';
import {
  combine,
  createJudgeStanding,
  type FactorFacts,
  type Facts,
  type Level,
  next,
  type PersonToPlace,
  profileOf,
  type Rules,
} from '../../src/policy/index.ts';
import { anyLevels } from './arbitrary.ts';
import { ada, afterStep, facts, level, now, password } from './facts.ts';

const factors: Facts['factors'] = new Map<string, FactorFacts>([
  ['totp', { strength: 'mfa', isSelfService: true }],
  ['phone', { strength: 'mfa', isSelfService: true, channels: ['sms'] }],
  ['token', { strength: 'mfa', isSelfService: true, isFromInventory: true }],
  ['passkey', { strength: 'phr', isSelfService: true }],
  ['recovery', { strength: 'mfa', isSelfService: false, isBackup: true }],
]);

function stand(rules: Rules | readonly Level[], person: Partial<PersonToPlace> & { kinds?: readonly string[] }) {
  const { kinds = [], ...rest } = person;
  const levels = Array.isArray(rules) ? (rules as readonly Level[]) : [level(rules as Rules)];
  const judge = createJudgeStanding({ rules: combine(levels), factors, now });
  return judge({ methods: kinds.map((kind) => ({ kind })), ...rest });
}

const admin = { memberships: [{ organization: 'acme', under: [], role: 'admin' as const }] };
const required: Rules = { secondFactor: 'required' };
const tokens: Rules = { ...required, methods: ['token'], preassignedTokensOnly: 'yes' };

describe('where a person stands', () => {
  it.each<[string, Rules, Parameters<typeof stand>[1], string]>([
    ['nothing is required', {}, {}, 'ready'],
    ['a second factor is required, and there is one', required, { kinds: ['totp'] }, 'ready'],
    ['a second factor is required, and there is none', required, {}, 'asked'],
    ['the one there is, is no longer allowed', { ...required, methods: ['passkey'] }, { kinds: ['totp'] }, 'asked'],
    ['of two, one is allowed', { ...required, methods: ['passkey'] }, { kinds: ['totp', 'passkey'] }, 'ready'],
    ['only an admin can give what is allowed', tokens, {}, 'stuck'],
    ['an admin gave it, and it waits to be registered', tokens, { provided: ['token'] }, 'asked'],
    ['an admin gave it, and it is registered', tokens, { kinds: ['token'] }, 'ready'],
    ['no method is allowed', { ...required, methods: [] }, {}, 'stuck'],
    ['the only method is by a channel that is closed', { ...required, sms: 'not' }, { kinds: ['phone'] }, 'stuck'],
    ['a method is of a kind the product has no longer', {}, { kinds: ['pigeon'] }, 'stuck'],
    ['recovery codes are all there is', required, { kinds: ['recovery'] }, 'asked'],
    ['the policy’s acr asks for more than there is', { acr: 'phr' }, { kinds: ['totp'] }, 'asked'],
    [
      'the policy’s acr is beyond every allowed method',
      { acr: 'phr', methods: ['totp'] },
      { kinds: ['totp'] },
      'stuck',
    ],
    [
      'a second method is required, and there is one',
      { ...required, secondMethod: 'required' },
      { kinds: ['totp'] },
      'asked',
    ],
    [
      'a second method is required, and there are two',
      { ...required, secondMethod: 'required' },
      { kinds: ['totp', 'passkey'] },
      'ready',
    ],
    ['a second method is wanted', { ...required, secondMethod: 'wanted' }, { kinds: ['totp'] }, 'ready'],
    ['admins must, and is a member', { ...required, forRoles: ['admin'] }, {}, 'ready'],
    ['admins must, and is one', { ...required, forRoles: ['admin'] }, admin, 'asked'],
    ['it will be required', { ...required, requiredFrom: '2027-01-01' }, {}, 'asked'],
    ['it will be required, and nobody can give it', { ...tokens, requiredFrom: '2027-01-01' }, {}, 'stuck'],
    ['there is grace', { ...required, grace: { days: 9 } }, {}, 'asked'],
    [
      'sign-ins are refused at this hour',
      { hours: [{ timeZone: 'UTC', from: '00:00', to: '00:00', effect: 'refuse' }] },
      {},
      'ready',
    ],
    [
      'sign-ins are refused from everywhere',
      { networks: [{ ranges: ['0.0.0.0/0'], where: 'outside', effect: 'refuse' }] },
      {},
      'ready',
    ],
  ])('where %s', (_words, rules, person, standing) => {
    expect(stand(rules, person).standing).toBe(standing);
  });

  it('comes with the reasons, what is still to come among them', () => {
    const because = (rules: Rules, person = {}) => stand(rules, person).reasons.map((reason) => reason.because);
    expect(because({ ...required, requiredFrom: '2027-01-01' })).toEqual(['required_later', 'required']);
    expect(because({ ...required, grace: { days: 9 } })).toEqual(['grace', 'required']);
    expect(because(tokens)).toEqual(['required', 'no_method_can_be_set_up']);
    expect(because(required, { kinds: ['totp'] })).toContain('second_factor_proven');
  });
});

const anyPerson = fc.record({
  methods: fc.array(
    fc.constantFrom('totp', 'phone', 'token', 'passkey', 'recovery', 'pigeon').map((kind) => ({ kind })),
    {
      maxLength: 3,
    },
  ),
  memberships: fc.array(
    fc.record({
      organization: fc.constantFrom('organization-0', 'organization-1', 'other'),
      under: fc.constantFrom<string[]>([], ['organization-0']),
      role: fc.constantFrom('owner' as const, 'admin' as const, 'member' as const),
    }),
    { maxLength: 2 },
  ),
  postponed: fc.record({ times: fc.nat({ max: 3 }), since: fc.constant(now) }),
  provided: fc.subarray(['token']),
});

describe('people of one profile', () => {
  it('stand alike, in a list as one by one', () => {
    fc.assert(
      fc.property(anyLevels, fc.array(anyPerson, { maxLength: 12 }), (levels, people) => {
        const given = { rules: combine(levels), factors, now };
        const judge = createJudgeStanding(given);
        const byProfile = new Map<string, string>();
        for (const person of people) {
          const alone = JSON.stringify(createJudgeStanding(given)(person));
          expect(JSON.stringify(judge(person))).toBe(alone);
          const profile = profileOf(person, given);
          expect(byProfile.get(profile) ?? alone).toBe(alone);
          byProfile.set(profile, alone);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are as few as what matters differs', () => {
    const profile = (rules: Rules, person: PersonToPlace) =>
      profileOf(person, { rules: combine([level(rules)]), factors, now });
    const one = { methods: [{ kind: 'totp' }, { kind: 'passkey' }] };
    const other = { methods: [{ kind: 'passkey' }, { kind: 'totp' }, { kind: 'totp' }], ...admin };
    expect(profile(required, one)).toBe(profile(required, other));
    expect(profile({ ...required, forRoles: ['admin'] }, one)).not.toBe(
      profile({ ...required, forRoles: ['admin'] }, other),
    );
    expect(profile(required, one)).not.toBe(profile(required, { methods: [{ kind: 'totp' }] }));
  });
});

describe('standing', () => {
  it('is what the next sign-in comes to, where nothing lies ahead', () => {
    fc.assert(
      fc.property(anyLevels, anyPerson, fc.nat({ max: 5 }), (levels, person, choice) => {
        const timeless = levels.map((each) => {
          const { requiredFrom: _from, grace: _grace, networks: _networks, hours: _hours, ...rules } = each.rules;
          return { ...each, rules };
        });
        const rules = combine(timeless);
        const { standing } = createJudgeStanding({ rules, factors, now })(person);
        const methods = person.methods.map(({ kind }, at) => ({ id: `m${at}`, kind, order: at + 1 }));
        let told: Facts = {
          ...facts({ factors, proven: [password], answers: ['postponed'] }),
          rules,
          person: { ...ada, ...person, methods },
        };
        let [isRefused, hasSetUp] = [false, false];
        for (let at = 0; at < 16; at += 1) {
          const step = next(told);
          if (step.step === 'refused') isRefused = true;
          if (step.step === 'protect-account' || step.step === 'second-method') hasSetUp = true;
          if (step.step === 'refused' || step.step === 'done') break;
          // Which of several methods is proven first does not change where it ends: the primary, always.
          told = afterStep(told, step, ada, step.step === 'challenge' ? 0 : choice * 2 + 1);
        }
        expect(standing).toBe(isRefused ? 'stuck' : hasSetUp ? 'asked' : 'ready');
      }),
      { numRuns: 500 },
    );
  });
});
