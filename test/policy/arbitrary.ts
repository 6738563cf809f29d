import fc from 'fast-check';
import { allRules, type Level, type Rules } from '../../src/policy/index.ts';
import { level } from './facts.ts';

export const kinds = ['totp', 'token', 'passkey', 'email', 'pigeon'];
export const acr = fc.constantFrom('single', 'mfa', 'phr');

const yesNo = fc.constantFrom('yes', 'no');
const allowance = fc.constantFrom('allowed', 'not');
const day = fc.constantFrom('2026-01-01', '2026-03-01', '2026-03-01T12:00:00Z', '2026-06-01');
const grace = fc.oneof(
  fc.constant('none'),
  fc
    .record(
      { until: day, days: fc.integer({ min: 1, max: 20 }), postponements: fc.integer({ min: 1, max: 5 }) },
      { requiredKeys: [] },
    )
    .filter((each) => Object.keys(each).length > 0),
);
const effect = fc.constantFrom('always_second_factor', 'refuse');
const where = fc.constantFrom('inside', 'outside');

/** Anything one level may say of every rule. */
export const anyRules = fc.record(
  {
    secondFactor: fc.constantFrom('off', 'optional', 'required'),
    requiredFrom: fc.oneof(fc.constant('at_once'), day),
    grace,
    forRoles: fc.oneof(fc.constant('all'), fc.subarray(['owner', 'admin', 'member'], { minLength: 1 })),
    methods: fc.uniqueArray(fc.constantFrom(...kinds, '*'), { maxLength: 4 }),
    methodOrder: fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 }),
    secondMethod: fc.constantFrom('no', 'wanted', 'required'),
    tokenCodes: fc.constantFrom('one', 'two'),
    preassignedTokensOnly: yesNo,
    peoplePerToken: fc.integer({ min: 1, max: 100 }),
    sms: allowance,
    voice: allowance,
    rememberBrowserDays: fc.integer({ min: 0, max: 60 }),
    sessionHours: fc.integer({ min: 1, max: 720 }),
    idleMinutes: fc.oneof(fc.integer({ min: 5, max: 1440 }), fc.constant('off' as const)),
    passwordMinLength: fc.integer({ min: 8, max: 64 }),
    passkeySignIn: yesNo,
    lostPhone: fc.record(
      { waitHours: fc.integer({ min: 1, max: 720 }), approvers: fc.constantFrom('admin', 'two_people') },
      { requiredKeys: [] },
    ),
    externalAuthentication: fc.record({ price: fc.integer({ min: 0, max: 99 }), currency: fc.constant('EUR') }),
    budget: fc.record({ perMonth: fc.integer({ min: 0, max: 99 }), currency: fc.constant('EUR') }),
    acr,
    networks: fc.array(fc.record({ ranges: fc.constant(['192.0.2.0/24']), where, effect }), { maxLength: 2 }),
    hours: fc.array(
      fc.record({ timeZone: fc.constant('UTC'), from: fc.constant('09:00'), to: fc.constant('17:00'), where, effect }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Rules>;

export const openRules = fc
  .tuple(anyRules, fc.subarray([...allRules], { maxLength: 4 }))
  .map(([rules, open]): Rules => (open.length === 0 ? rules : { ...rules, open }));

const levelKind = fc.constantFrom<Level['kind'][]>('realm', 'rollout', 'organization', 'portal', 'user');

function levelsOf(rules: fc.Arbitrary<Rules>, maxLength: number): fc.Arbitrary<Level[]> {
  return fc.array(fc.tuple(rules, levelKind, fc.boolean()), { maxLength }).map((list) =>
    list.map(([each, kind, isElsewhere], at) => ({
      ...level(each, kind, `${kind}-${at}`),
      ...(kind === 'organization' && isElsewhere ? { isElsewhere } : {}),
    })),
  );
}

/** Levels of which some open rules. */
export const anyLevels = levelsOf(openRules, 5);
/** Levels none of which opens any. */
export const closedLevels = levelsOf(anyRules, 5);
