import { combine, type Effective, type Level, type RuleName, type Rules } from '../../src/policy/index.ts';
import { level } from './facts.ts';

const realm = (rules: Rules) => level(rules, 'realm', 'msp');
const org = (rules: Rules, id = 'acme', under?: readonly string[]): Level => ({
  ...level(rules, 'organization', id),
  ...(under === undefined ? {} : { under }),
});
const portal = (rules: Rules, id = 'mss') => level(rules, 'portal', id);
const user = (rules: Rules) => level(rules, 'user', 'ada');

function valueOf(rule: RuleName, levels: readonly Level[]): unknown {
  return combine(levels)[rule].value;
}

const office: NonNullable<Rules['networks']>[number] = { ranges: ['192.0.2.0/24'], effect: 'always_second_factor' };
const nights: NonNullable<Rules['hours']>[number] = {
  timeZone: 'Europe/Vienna',
  from: '22:00',
  to: '06:00',
  effect: 'refuse',
};

describe('each rule, said by the realm and by an organization', () => {
  it.each<[RuleName, unknown, unknown, unknown]>([
    ['requiredFrom', '2026-06-01', '2026-05-01', '2026-05-01'],
    ['requiredFrom', '2026-05-01', '2026-06-01', '2026-05-01'],
    ['requiredFrom', '2026-05-01T00:00:00+02:00', '2026-05-01', '2026-05-01T00:00:00+02:00'],
    ['requiredFrom', '2026-05-01', 'at_once', 'at_once'],
    ['grace', { days: 14 }, { days: 7 }, { days: 7 }],
    ['grace', { days: 7 }, { days: 14 }, { days: 7 }],
    ['grace', { days: 7 }, { postponements: 3 }, { days: 7, postponements: 3 }],
    ['grace', { until: '2026-05-01' }, { until: '2026-04-01', days: 3 }, { until: '2026-04-01', days: 3 }],
    ['grace', { days: 7 }, 'none', 'none'],
    ['forRoles', ['admin'], ['owner'], ['admin', 'owner']],
    ['forRoles', ['admin'], 'all', 'all'],
    ['forRoles', 'all', ['admin'], 'all'],
    ['methodOrder', ['totp', 'push'], ['push'], ['push']],
    ['secondMethod', 'wanted', 'no', 'wanted'],
    ['secondMethod', 'wanted', 'required', 'required'],
    ['tokenCodes', 'two', 'one', 'two'],
    ['tokenCodes', 'one', 'two', 'two'],
    ['preassignedTokensOnly', 'yes', 'no', 'yes'],
    ['preassignedTokensOnly', 'no', 'yes', 'yes'],
    ['peoplePerToken', 5, 2, 2],
    ['peoplePerToken', 2, 5, 2],
    ['sms', 'allowed', 'not', 'not'],
    ['sms', 'not', 'allowed', 'not'],
    ['sms', 'allowed', 'allowed', 'allowed'],
    ['voice', 'not', 'allowed', 'not'],
    ['voice', 'allowed', 'not', 'not'],
    ['rememberBrowserDays', 30, 7, 7],
    ['rememberBrowserDays', 0, 30, 0],
    ['rememberBrowserDays', undefined, 30, 30],
    ['passkeySignIn', 'yes', undefined, 'yes'],
    ['passkeySignIn', 'yes', 'no', 'no'],
    ['passkeySignIn', 'no', 'yes', 'no'],
    ['lostPhone', { waitHours: 24 }, { waitHours: 72 }, { waitHours: 72, approvers: 'admin' }],
    ['lostPhone', { waitHours: 24 }, { approvers: 'two_people' }, { waitHours: 24, approvers: 'two_people' }],
    [
      'lostPhone',
      { waitHours: 96, approvers: 'two_people' },
      { waitHours: 1, approvers: 'admin' },
      { waitHours: 96, approvers: 'two_people' },
    ],
    [
      'externalAuthentication',
      { price: 5, currency: 'EUR' },
      { price: 7, currency: 'EUR' },
      { price: 7, currency: 'EUR' },
    ],
    ['externalAuthentication', { price: 5, currency: 'EUR' }, undefined, { price: 5, currency: 'EUR' }],
  ])('%s: %j and %j give %j', (rule, outer, inner, value) => {
    const said = (setting: unknown) => (setting === undefined ? {} : { [rule]: setting });
    expect(valueOf(rule, [realm(said(outer)), org(said(inner))])).toEqual(value);
  });

  it('budgets, networks and hours all apply, each with the level it is of', () => {
    const budget = (perMonth: number) => ({ perMonth, currency: 'EUR' });
    const rules = combine([
      realm({ budget: budget(100), networks: [office], hours: [nights] }),
      org({ budget: budget(10), networks: [{ ...office, effect: 'refuse' }] }),
    ]);
    expect(rules.budget.value.map(({ perMonth, level: of }) => [perMonth, of.id])).toEqual([
      [100, 'msp'],
      [10, 'acme'],
    ]);
    expect(rules.networks.value.map(({ effect, level: of }) => [effect, of.id])).toEqual([
      ['always_second_factor', 'msp'],
      ['refuse', 'acme'],
    ]);
    expect(rules.hours.value).toEqual([{ ...nights, level: { kind: 'realm', id: 'msp', name: 'The msp' } }]);
    for (const { others } of [rules.budget, rules.networks, rules.hours]) expect(others).toEqual([]);
  });

  it('the same rule at two levels keeps naming each of them', () => {
    const shared = [office];
    const at = (levels: readonly Level[]) => combine(levels).networks.value.map((rule) => rule.level.id);
    expect(at([realm({ networks: shared }), org({ networks: shared })])).toEqual(['msp', 'acme']);
    expect(at([realm({ networks: shared })])).toEqual(['msp']);
  });
});

describe('why others lost', () => {
  const whys = (rules: Effective, rule: RuleName) => rules[rule].others.map(({ level: of, why }) => `${of.id}: ${why}`);

  it.each<[string, RuleName, readonly Level[], string, readonly string[]]>([
    [
      'a level below is stricter',
      'sessionHours',
      [realm({ sessionHours: 24 }), org({ sessionHours: 8 })],
      'acme',
      ['msp: looser'],
    ],
    [
      'a level above is stricter',
      'sessionHours',
      [realm({ sessionHours: 8 }), org({ sessionHours: 24 })],
      'msp',
      ['acme: not_open'],
    ],
    [
      'a portal beside it is stricter',
      'secondFactor',
      [portal({ secondFactor: 'off' }, 'intel'), portal({ secondFactor: 'required' }, 'mss')],
      'mss',
      ['intel: looser'],
    ],
    [
      'organizations of other branches are beside each other',
      'sessionHours',
      [org({ sessionHours: 8 }, 'acme', ['root']), org({ sessionHours: 12 }, 'bolt', ['root'])],
      'acme',
      ['bolt: looser'],
    ],
    [
      'an organization listed before is above where nobody says otherwise',
      'sessionHours',
      [org({ sessionHours: 8 }, 'root'), org({ sessionHours: 12 }, 'bolt')],
      'root',
      ['bolt: not_open'],
    ],
    [
      'an organization above is stricter',
      'sessionHours',
      [org({ sessionHours: 8 }, 'root', []), org({ sessionHours: 12 }, 'bolt', ['root'])],
      'root',
      ['bolt: not_open'],
    ],
    [
      'the nearest order counts',
      'methodOrder',
      [realm({ methodOrder: ['totp'] }), org({ methodOrder: ['push'] })],
      'acme',
      ['msp: nearer_level'],
    ],
    [
      'only what all allow is left',
      'methods',
      [realm({ methods: ['totp', 'push'] }), org({ methods: ['totp'] })],
      'acme',
      ['msp: narrowed'],
    ],
    ['the product’s floor', 'passwordMinLength', [realm({ passwordMinLength: 9 })], 'product', ['msp: floor']],
    [
      'the rule was opened',
      'sessionHours',
      [realm({ sessionHours: 8, open: ['sessionHours'] }), org({ sessionHours: 24 })],
      'acme',
      ['msp: nearer_level'],
    ],
  ])('%s', (_words, rule, levels, winner, others) => {
    const rules = combine(levels);
    expect(rules[rule].from.id).toBe(winner);
    expect(whys(rules, rule)).toEqual(others);
  });

  it('names the innermost of those that a joined value is made of', () => {
    const { grace } = combine([realm({ grace: { days: 7 } }), org({ grace: { postponements: 3 } })]);
    expect(grace.from.id).toBe('acme');
    expect(grace.others).toMatchObject([{ level: { id: 'msp' }, value: { days: 7 }, why: 'looser' }]);
  });

  it('a longer wait decides over a lost phone, and the approvers where nobody says how long', () => {
    const both = combine([realm({ lostPhone: { waitHours: 24 } }), org({ lostPhone: { waitHours: 96 } })]).lostPhone;
    expect([both.from.id, both.others.map(({ level: of, why }) => `${of.id}: ${why}`)]).toEqual([
      'acme',
      ['msp: looser'],
    ]);
    expect(combine([org({ lostPhone: { approvers: 'two_people' } })]).lostPhone).toMatchObject({
      from: { id: 'acme' },
      value: { waitHours: 72, approvers: 'two_people' },
    });
  });
});

describe('a rule that a level names as open', () => {
  it.each<[string, RuleName, readonly Level[], unknown]>([
    [
      'is loosened below',
      'secondFactor',
      [realm({ secondFactor: 'required', open: ['secondFactor'] }), org({ secondFactor: 'off' })],
      'off',
    ],
    [
      'is tightened below as ever',
      'sessionHours',
      [realm({ sessionHours: 24, open: ['sessionHours'] }), org({ sessionHours: 8 })],
      8,
    ],
    [
      'holds where nobody below speaks',
      'sms',
      [realm({ sms: 'not', open: ['sms'] }), org({ voice: 'allowed' })],
      'not',
    ],
    [
      'is loosened where it is opened only',
      'sms',
      [realm({ sms: 'not', open: ['voice'] }), org({ sms: 'allowed' })],
      'not',
    ],
    [
      'stays closed where a level between closes it',
      'sessionHours',
      [realm({ sessionHours: 8, open: ['sessionHours'] }), org({ sessionHours: 12 }), portal({ sessionHours: 24 })],
      12,
    ],
    [
      'is open to portals, each of which counts',
      'sessionHours',
      [
        realm({ sessionHours: 8, open: ['sessionHours'] }),
        portal({ sessionHours: 48 }, 'intel'),
        portal({ sessionHours: 24 }, 'mss'),
      ],
      24,
    ],
    [
      'is not open from one portal to another',
      'sessionHours',
      [portal({ sessionHours: 8, open: ['sessionHours'] }, 'intel'), portal({ sessionHours: 24 }, 'mss')],
      8,
    ],
    [
      'is not open to an organization of another branch',
      'sessionHours',
      [org({ sessionHours: 8, open: ['sessionHours'] }, 'acme', []), org({ sessionHours: 24 }, 'bolt', [])],
      8,
    ],
    [
      'is open to the person',
      'rememberBrowserDays',
      [realm({ rememberBrowserDays: 0, open: ['rememberBrowserDays'] }), user({ rememberBrowserDays: 30 })],
      30,
    ],
    [
      'gives way as a list too',
      'methods',
      [realm({ methods: ['totp'], open: ['methods'] }), org({ methods: ['phone'] })],
      ['phone'],
    ],
    [
      'is not opened upwards',
      'sessionHours',
      [realm({ sessionHours: 8 }), org({ sessionHours: 24, open: ['sessionHours'] })],
      8,
    ],
    ['holds where its level is the only one that speaks', 'sms', [org({ sms: 'not', open: ['sms'] })], 'not'],
  ])('%s', (_words, rule, levels, value) => {
    expect(valueOf(rule, levels)).toEqual(value);
  });

  it('networks of a level that opened them give way', () => {
    const rules = combine([realm({ networks: [office], open: ['networks'] }), org({ networks: [] })]);
    expect(rules.networks.value).toEqual([]);
    expect(rules.networks.others.map(({ level: of, why }) => [of.id, why])).toEqual([['msp', 'nearer_level']]);
  });

  it('budgets of a level that opened them give way', () => {
    const budget = { perMonth: 1, currency: 'EUR' };
    const { value } = combine([
      realm({ budget, open: ['budget'] }),
      org({ budget: { ...budget, perMonth: 9 } }),
    ]).budget;
    expect(value.map(({ perMonth }) => perMonth)).toEqual([9]);
  });
});

describe('an organization that the session is not for', () => {
  const elsewhere = (rules: Rules): Level => ({ ...org(rules, 'bolt', []), isElsewhere: true });

  it.each<[RuleName, Rules, Rules, unknown]>([
    ['secondFactor', {}, { secondFactor: 'required' }, 'required'],
    ['sessionHours', { sessionHours: 24 }, { sessionHours: 8 }, 8],
    ['methods', { methods: ['totp'] }, { methods: ['token'] }, ['totp']],
    ['methodOrder', { methodOrder: ['totp'] }, { methodOrder: ['token'] }, ['totp']],
    ['sms', { sms: 'allowed' }, { sms: 'not' }, 'allowed'],
    ['voice', { voice: 'allowed' }, { voice: 'not' }, 'allowed'],
    ['tokenCodes', { tokenCodes: 'one' }, { tokenCodes: 'two' }, 'one'],
    ['preassignedTokensOnly', { preassignedTokensOnly: 'no' }, { preassignedTokensOnly: 'yes' }, 'no'],
    ['peoplePerToken', { peoplePerToken: 3 }, { peoplePerToken: 1 }, 3],
    ['acr', {}, { acr: 'phr' }, 'mfa'],
    ['acr', {}, { acr: 'mfa' }, 'mfa'],
    ['acr', {}, { acr: 'single' }, 'single'],
  ])('%s: of %j and, elsewhere, %j: %j', (rule, here, there, value) => {
    expect(valueOf(rule, [org(here), elsewhere(there)])).toEqual(value);
  });

  it('is named among those whose methods do not count', () => {
    const { methods } = combine([org({ methods: ['totp'] }), elsewhere({ methods: ['token'] })]);
    expect(methods.others).toEqual([
      { level: { kind: 'organization', id: 'bolt', name: 'The bolt' }, value: ['token'], why: 'other_organization' },
    ]);
    expect(combine([elsewhere({ sms: 'not' })]).sms).toMatchObject({ value: 'allowed', from: { kind: 'product' } });
  });
});
