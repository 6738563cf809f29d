import fc from 'fast-check';
import type { Rules } from '../../src/policy/index.ts';

export const kinds = ['totp', 'passkey', 'recovery', 'email', 'token'] as const;
export type Kind = (typeof kinds)[number];

const effect = fc.constantFrom('always_second_factor', 'refuse');
const where = fc.constantFrom('inside', 'outside');
const yesNo = fc.constantFrom('yes', 'no');
/** Before every sign-in, between them, and after all. */
const dayOfRule = fc.constantFrom('2026-01-01', '2030-06-15T12:00:00Z', '2040-01-01');

/** Said by one level in so many of a hundred cases: where all say something, nobody gets in. */
const seldom = <V>(value: fc.Arbitrary<V>, percent: number): fc.Arbitrary<V | undefined> =>
  fc.oneof(
    { weight: Math.round(100 - percent), arbitrary: fc.constant(undefined) },
    { weight: Math.max(1, Math.round(percent)), arbitrary: value },
  );

/** What a level may say of everything that a sign-in depends on. */
const rules = (percent: number): fc.Arbitrary<Rules> =>
  fc
    .record({
      secondFactor: seldom(fc.constantFrom('off', 'optional', 'required', 'required'), percent * 2),
      requiredFrom: seldom(fc.oneof(fc.constant('at_once'), dayOfRule), percent / 2),
      grace: seldom(
        fc.oneof(
          fc.constant('none'),
          fc.record({ days: fc.integer({ min: 1, max: 20 }) }),
          fc.record({ postponements: fc.integer({ min: 1, max: 3 }) }),
          fc.record({ until: dayOfRule }),
        ),
        percent,
      ),
      forRoles: seldom(fc.subarray(['owner', 'admin', 'member'] as const, { minLength: 1 }), percent / 2),
      methods: seldom(
        fc.oneof(
          { weight: 3, arbitrary: fc.uniqueArray(fc.constantFrom(...kinds, '*'), { minLength: 1, maxLength: 5 }) },
          { weight: 1, arbitrary: fc.constant(['email', 'totp', 'token']) },
        ),
        percent,
      ),
      methodOrder: seldom(fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 }), percent),
      secondMethod: seldom(fc.constantFrom('no', 'wanted', 'required'), percent),
      tokenCodes: seldom(fc.constantFrom('one', 'two'), percent),
      preassignedTokensOnly: seldom(yesNo, percent / 2),
      rememberBrowserDays: seldom(fc.integer({ min: 0, max: 40 }), percent * 2),
      sessionHours: seldom(fc.integer({ min: 1, max: 48 }), percent),
      idleMinutes: seldom(fc.oneof(fc.integer({ min: 5, max: 1440 }), fc.constant('off' as const)), percent),
      passwordMinLength: seldom(fc.integer({ min: 8, max: 22 }), percent),
      passkeySignIn: seldom(yesNo, percent),
      acr: seldom(fc.constantFrom('single', 'mfa', 'phr'), percent / 2),
      networks: seldom(fc.tuple(fc.record({ ranges: fc.constant(['192.0.2.0/24']), where, effect })), percent / 4),
      hours: seldom(
        fc.tuple(
          fc.record({
            timeZone: fc.constantFrom('UTC', 'Asia/Tokyo'),
            from: fc.constant('08:00'),
            to: fc.constant('20:00'),
            where,
            effect,
          }),
        ),
        percent / 4,
      ),
      open: seldom(
        fc.subarray(['secondFactor', 'methods', 'secondMethod', 'passwordMinLength', 'grace'] as const, {
          minLength: 1,
        }),
        percent,
      ),
    })
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Rules);

const asked = fc.record({
  acrValues: fc.oneof(
    { weight: 4, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray(['single', 'mfa', 'phr', 'made-up'], { minLength: 1 }) },
  ),
  isEssential: fc.boolean(),
  address: fc.constantFrom('192.0.2.7', '198.51.100.7'),
  uses: fc.shuffledSubarray([...kinds]),
  postpones: fc.boolean(),
  remembers: fc.boolean(),
  /** Of those there are. */
  organization: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
});
export type Asked = typeof asked extends fc.Arbitrary<infer A> ? A : never;

const day = 24 * 60;

/** Rules that come into force in waves: of a share of the people, or of organizations (of those there are). */
const rollout = fc.record({
  rules: rules(30).map(({ open: _open, requiredFrom: _from, ...asked }): Rules => {
    return Object.keys(asked).length === 0 ? { secondFactor: 'required' } : asked;
  }),
  scope: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 3 }),
  /** Minutes from the first sign-in on: before it, between the two, after both. */
  waves: fc
    .array(
      fc.record({
        startsInMinutes: fc.constantFrom(-3 * day, -1, 3, 5 * day, 90 * day),
        who: fc.oneof(
          fc.record({ share: fc.constantFrom(1, 33, 50) }),
          fc.record({ organizations: fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1, maxLength: 2 }) }),
        ),
      }),
      { minLength: 1, maxLength: 2 },
    )
    .map((waves) => waves.toSorted((one, other) => one.startsInMinutes - other.startsInMinutes)),
  state: fc.constantFrom('draft', 'running', 'running', 'running', 'paused', 'stopped', 'stopped_later'),
});
export type Planned = typeof rollout extends fc.Arbitrary<infer R> ? R : never;

export const cases = fc.record({
  realm: rules(25),
  portals: fc.tuple(rules(15), rules(15)),
  /** `below`: an earlier one. */
  organizations: fc.array(
    fc.record({
      rules: rules(15),
      below: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
      isSubscribed: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  memberships: fc.array(
    fc.record({
      role: fc.constantFrom('owner' as const, 'admin' as const, 'member' as const),
      isAccepted: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  isSubscribed: fc.boolean(),
  rollouts: fc.oneof(
    { weight: 1, arbitrary: fc.constant<Planned[]>([]) },
    { weight: 1, arbitrary: fc.array(rollout, { minLength: 1, maxLength: 2 }) },
  ),
  own: fc.option(rules(15), { nil: undefined }),
  passwordLength: fc.constantFrom(8, 12, 15, 20),
  /** Set up before, the primary first. */
  has: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<Kind[]>([], ['totp'], ['email']) },
    { weight: 1, arbitrary: fc.shuffledSubarray([...kinds], { maxLength: 3 }) },
  ),
  isDisabled: fc.integer({ min: 0, max: 30 }).map((dice) => dice === 0),
  isLocked: fc.integer({ min: 0, max: 30 }).map((dice) => dice === 0),
  token: fc.constantFrom('assigned' as const, 'lying_around' as const),
  postponed: fc.option(fc.record({ times: fc.integer({ min: 1, max: 4 }), daysAgo: fc.integer({ min: 0, max: 30 }) }), {
    nil: undefined,
  }),
  /** So much later than the one before. */
  startsAfterMinutes: fc.integer({ min: 1, max: 2_000 }),
  first: asked,
  /** In the same browser, on its session, or signing in anew (`prompt=login`). */
  again: fc.option(
    fc.record({
      asked,
      isAnew: fc.boolean(),
      afterMinutes: fc.constantFrom(2, 4, 60 * 24 * 9, 60 * 24 * 30),
      portal: fc.nat({ max: 1 }),
    }),
    { nil: undefined, freq: 3 },
  ),
});
export type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never;
