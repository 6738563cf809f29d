import { type Change, combine, type FactorFacts, type Facts, type Rules, whyNot } from '../../src/policy/index.ts';
import { level, now } from './facts.ts';

const factors: Facts['factors'] = new Map<string, FactorFacts>([
  ['totp', { strength: 'mfa', isSelfService: true }],
  ['phone', { strength: 'mfa', isSelfService: true, channels: ['sms', 'voice'] }],
  ['token', { strength: 'mfa', isSelfService: true, isFromInventory: true }],
  ['hardware', { strength: 'mfa', isSelfService: false }],
  ['passkey', { strength: 'phr', isSelfService: true }],
  ['email', { strength: 'none', isSelfService: true }],
  ['recovery', { strength: 'mfa', isSelfService: false, isBackup: true }],
]);
const of = (rules: Rules) => ({ rules: combine([level(rules)]), factors, now });
const kinds = (...names: string[]) => names.map((kind) => ({ kind }));

describe('removing a method', () => {
  function remove(rules: Rules, has: string[], left: string[]) {
    return whyNot({
      kind: 'remove_method',
      given: of(rules),
      person: { methods: kinds(...has) },
      left: kinds(...left),
    });
  }
  const required: Rules = { secondFactor: 'required', methods: ['totp', 'passkey', 'phone', 'recovery'] };

  it('is refused where policy needs it, with what to set up instead', () => {
    expect(remove(required, ['totp'], [])).toEqual({
      why: 'last_method_needed',
      isRefusal: true,
      reasons: [expect.objectContaining({ rule: 'secondFactor', because: 'required' })],
      instead: ['totp', 'passkey', 'phone'],
    });
  });

  it.each<[string, Rules, string[], string[], boolean]>([
    ['nothing is required', {}, ['totp'], [], false],
    ['another is left', required, ['totp', 'passkey'], ['passkey'], false],
    ['only recovery codes are left', required, ['totp', 'recovery'], ['recovery'], true],
    ['only one is left that is not allowed', required, ['totp', 'token'], ['token'], true],
    [
      'two are required and one is left',
      { ...required, secondMethod: 'required' },
      ['totp', 'passkey'],
      ['totp'],
      true,
    ],
    ['it never was enough', { ...required, acr: 'phr' }, ['totp'], [], false],
    ['the acr needs the other', { acr: 'phr' }, ['totp', 'passkey'], ['passkey'], false],
    ['the acr needs it', { acr: 'phr' }, ['totp', 'passkey'], ['totp'], true],
    ['it will be needed', { ...required, requiredFrom: '2027-01-01' }, ['totp'], [], true],
  ])('where %s', (_words, rules, has, left, isRefused) => {
    expect(remove(rules, has, left)?.isRefusal ?? false).toBe(isRefused);
  });

  it('names only what would be enough instead, and what a person can set up alone', () => {
    expect(remove({ ...required, methods: ['hardware', 'totp'] }, ['hardware'], [])?.instead).toEqual(['totp']);
    expect(remove({ acr: 'phr' }, ['passkey'], [])?.instead).toEqual(['passkey']);
    expect(remove({ ...required, sms: 'not', voice: 'not' }, ['totp'], [])?.instead).toEqual(['totp', 'passkey']);
  });
});

describe('rules', () => {
  it.each<[string, Rules, string | undefined]>([
    ['that require nothing', { methods: [] }, undefined],
    ['that require and allow everything', { secondFactor: 'required' }, undefined],
    ['that require and allow nothing', { secondFactor: 'required', methods: [] }, 'nobody_can_satisfy'],
    [
      'that allow only what the product does not have',
      { secondFactor: 'required', methods: ['pigeon'] },
      'nobody_can_satisfy',
    ],
    [
      'that allow only what never raises a level',
      { secondFactor: 'required', methods: ['email'] },
      'nobody_can_satisfy',
    ],
    ['that allow only a backup', { secondFactor: 'required', methods: ['recovery'] }, 'nobody_can_satisfy'],
    [
      'that allow only codes and forbid sending them',
      { secondFactor: 'required', methods: ['phone'], sms: 'not', voice: 'not' },
      'nobody_can_satisfy',
    ],
    ['that leave calls', { secondFactor: 'required', methods: ['phone'], sms: 'not' }, undefined],
    ['whose acr is beyond what they allow', { acr: 'phr', methods: ['totp'] }, 'nobody_can_satisfy'],
    ['whose acr is within', { acr: 'phr', methods: ['passkey'] }, undefined],
    [
      'of which an admin must provide',
      { secondFactor: 'required', methods: ['hardware'] },
      'only_an_admin_can_provide',
    ],
    [
      'of which an admin must assign',
      { secondFactor: 'required', methods: ['token'], preassignedTokensOnly: 'yes' },
      'only_an_admin_can_provide',
    ],
    ['under which any token will do', { secondFactor: 'required', methods: ['token'] }, undefined],
  ])('%s: %s', (_words, rules, why) => {
    expect(whyNot({ kind: 'set_rules', given: of(rules) })?.why).toBe(why);
  });

  it('that nobody can satisfy are refused, those that need an admin may be set', () => {
    const judged = (methods: string[]) =>
      whyNot({ kind: 'set_rules', given: of({ secondFactor: 'required', methods }) });
    expect(judged([])).toMatchObject({
      isRefusal: true,
      reasons: [
        { rule: 'secondFactor', because: 'required' },
        { rule: 'methods', because: 'no_method_can_be_set_up' },
      ],
    });
    expect(judged(['hardware'])?.isRefusal).toBe(false);
    expect(whyNot({ kind: 'set_rules', given: of({ acr: 'mfa', methods: [] }) })?.reasons[0]).toMatchObject({
      rule: 'acr',
      because: 'acr_required',
    });
  });
});

describe('admins of a realm', () => {
  it.each<[readonly string[], readonly string[], boolean]>([
    [['ada'], [], true],
    [['ada', 'bob'], [], true],
    [['ada', 'bob'], ['bob'], false],
    [['ada'], ['bob'], false],
    // A realm that has none is not made worse.
    [[], [], false],
  ])('%j become %j: refused %s', (before, after, isRefused) => {
    const change: Change = { kind: 'admins', before, after };
    expect(whyNot(change)).toEqual(
      isRefused
        ? expect.objectContaining({
            why: 'last_admin',
            isRefusal: true,
            reasons: [expect.objectContaining({ because: 'no_admin_left' })],
          })
        : undefined,
    );
  });
});
