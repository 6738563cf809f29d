import { allowedKinds, combine, everyMethod } from '../../src/policy/index.ts';
import { level } from './facts.ts';

const realm = (rules: Parameters<typeof level>[0]) => level(rules, 'realm', 'web1');
const portal = (rules: Parameters<typeof level>[0]) => level(rules, 'portal', 'shop');
const user = (rules: Parameters<typeof level>[0]) => level(rules, 'user', 'ada');

describe('rules of several levels', () => {
  it('are the product’s where nobody sets any', () => {
    const rules = combine([]);
    const values = Object.fromEntries(Object.entries(rules).map(([rule, { value }]) => [rule, value]));
    expect(values).toEqual({
      secondFactor: 'optional',
      requiredFrom: 'at_once',
      grace: 'none',
      forRoles: 'all',
      passkeySignIn: 'no',
      methods: [everyMethod],
      methodOrder: [],
      secondMethod: 'no',
      tokenCodes: 'one',
      preassignedTokensOnly: 'no',
      peoplePerToken: 1,
      sms: 'allowed',
      voice: 'allowed',
      rememberBrowserDays: 0,
      lostPhone: { waitHours: 72, approvers: 'admin' },
      externalAuthentication: 'none',
      budget: [],
      networks: [],
      hours: [],
      sessionHours: 24,
      idleMinutes: 60,
      passwordMinLength: 15,
      acr: 'single',
    });
    for (const { from, others } of Object.values(rules)) {
      expect(from).toEqual({ kind: 'product', id: 'product', name: 'Gatehouse' });
      expect(others).toEqual([]);
    }
  });

  it.each([
    ['secondFactor', 'off', 'off', 'off'],
    ['secondFactor', 'off', 'optional', 'optional'],
    ['secondFactor', 'optional', 'required', 'required'],
    ['secondFactor', 'required', 'off', 'required'],
    ['sessionHours', 720, 8, 8],
    ['sessionHours', 8, 720, 8],
    ['sessionHours', 48, undefined, 48],
    ['idleMinutes', 'off', 30, 30],
    ['idleMinutes', 15, 'off', 15],
    ['idleMinutes', 'off', undefined, 'off'],
    ['passwordMinLength', 20, 16, 20],
    ['passwordMinLength', 16, 20, 20],
    ['passwordMinLength', 15, undefined, 15],
    ['acr', 'mfa', 'single', 'mfa'],
    ['acr', 'single', 'phr', 'phr'],
    ['acr', 'phr', 'mfa', 'phr'],
  ] as const)('%s: realm %s and portal %s give %s', (rule, outer, inner, value) => {
    const said = (setting: unknown) => (setting === undefined ? {} : { [rule]: setting });
    expect(combine([realm(said(outer)), portal(said(inner))])[rule].value).toBe(value);
  });

  it('name the level that won, and those that said something else', () => {
    const { secondFactor } = combine([
      realm({ secondFactor: 'optional' }),
      portal({ secondFactor: 'required' }),
      user({ secondFactor: 'required' }),
    ]);
    expect(secondFactor.from).toEqual({ kind: 'portal', id: 'shop', name: 'The shop' });
    expect(secondFactor.others).toEqual([
      { level: { kind: 'realm', id: 'web1', name: 'The web1' }, value: 'optional', why: 'looser' },
    ]);
  });

  it('name the outermost level on a tie', () => {
    expect(combine([realm({ sessionHours: 8 }), portal({ sessionHours: 8 })]).sessionHours.from.kind).toBe('realm');
    expect(
      combine([realm({ passwordMinLength: 20 }), portal({ passwordMinLength: 20 })]).passwordMinLength.from.kind,
    ).toBe('realm');
  });
});

describe('the password’s shortest length', () => {
  it.each([
    ['optional second factor, nothing set', {}, 15, 'product'],
    ['required second factor, nothing set', { secondFactor: 'required' }, 8, 'product'],
    ['a wanted acr of mfa is a second factor too', { acr: 'mfa' }, 8, 'product'],
    ['8 set, second factor optional: 15 stands', { passwordMinLength: 8 }, 15, 'product'],
    ['8 set, second factor required', { passwordMinLength: 8, secondFactor: 'required' }, 8, 'realm'],
    ['12 set, second factor required', { passwordMinLength: 12, secondFactor: 'required' }, 12, 'realm'],
    ['20 set, second factor optional', { passwordMinLength: 20 }, 20, 'realm'],
  ] as const)('%s', (_words, rules, value, kind) => {
    const { passwordMinLength } = combine([realm(rules)]);
    expect(passwordMinLength.value).toBe(value);
    expect(passwordMinLength.from.kind).toBe(kind);
  });

  it('lists the level whose figure the floor overruled', () => {
    expect(combine([realm({ passwordMinLength: 10 })]).passwordMinLength.others).toEqual([
      { level: { kind: 'realm', id: 'web1', name: 'The web1' }, value: 10, why: 'floor' },
    ]);
  });
});

describe('methods allowed', () => {
  it.each([
    ['one level', [['totp', 'sms']], ['totp', 'sms']],
    [
      'the nearest level’s order',
      [
        ['totp', 'sms', 'push'],
        ['push', 'totp'],
      ],
      ['push', 'totp'],
    ],
    [
      'only what all allow',
      [
        ['totp', 'sms'],
        ['sms', 'passkey'],
      ],
      ['sms'],
    ],
    ['nothing in common', [['totp'], ['sms']], []],
    ['every method, then some', [[everyMethod], ['totp']], ['totp']],
    ['some, then every method', [['totp', 'sms'], [everyMethod]], ['totp', 'sms']],
    [
      'passkeys first, then the rest of what is allowed',
      [
        ['totp', 'passkey'],
        ['passkey', everyMethod],
      ],
      ['passkey', 'totp'],
    ],
    ['a kind named twice', [['totp', 'totp']], ['totp']],
    ['an empty list', [['totp'], []], []],
  ] as const)('%s', (_words, lists, value) => {
    const levels = lists.map((methods, at) => level({ methods: [...methods] }, 'organization', `o${at}`));
    const { methods } = combine(levels);
    expect(methods.value).toEqual(value);
    expect(methods.from.id).toBe(`o${lists.length - 1}`);
  });

  it('lists levels that allowed something else', () => {
    const { methods } = combine([
      realm({ methods: ['totp', 'sms'] }),
      portal({ methods: ['sms'] }),
      user({ methods: ['sms'] }),
    ]);
    expect(methods.others.map((other) => other.level.kind)).toEqual(['realm']);
  });

  it('are the product’s kinds where every method is allowed', () => {
    expect(allowedKinds(combine([]), ['totp', 'passkey'])).toEqual(['totp', 'passkey']);
    expect(allowedKinds(combine([realm({ methods: ['passkey', everyMethod] })]), ['totp', 'passkey'])).toEqual([
      'passkey',
      'totp',
    ]);
    expect(allowedKinds(combine([realm({ methods: ['sms', 'totp'] })]), ['totp', 'passkey'])).toEqual(['totp']);
  });
});
