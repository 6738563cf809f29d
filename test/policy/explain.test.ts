import fc from 'fast-check';
import {
  allOverruled,
  allRules,
  explain,
  type Level,
  loosening,
  type Rules,
  rulesShape,
  withoutEffect,
} from '../../src/policy/index.ts';
import { anyLevels } from './arbitrary.ts';
import { level } from './facts.ts';

const realm = (rules: Rules) => level(rules, 'realm', 'web1');
const org = (rules: Rules) => level(rules, 'organization', 'acme');
const user = (rules: Rules) => level(rules, 'user', 'ada');

describe('what is in force', () => {
  it('is told rule by rule: the value, the level it is from, and why the others lost', () => {
    const told = new Map(
      explain([
        realm({ secondFactor: 'optional', sessionHours: 8 }),
        org({ secondFactor: 'required', sessionHours: 24 }),
      ]).map((each) => [each.rule, each]),
    );
    const at = {
      realm: { kind: 'realm', id: 'web1', name: 'The web1' },
      acme: { kind: 'organization', id: 'acme', name: 'The acme' },
    };
    expect(told.get('secondFactor')).toMatchObject({
      value: 'required',
      level: at.acme,
      others: [{ level: at.realm, value: 'optional', why: 'looser' }],
      requirements: [{ level: at.acme, from: 'at_once', grace: 'none', roles: 'all' }],
    });
    expect(told.get('sessionHours')).toEqual({
      rule: 'sessionHours',
      value: 8,
      level: at.realm,
      others: [{ level: at.acme, value: 24, why: 'not_open' }],
    });
    expect(told.get('idleMinutes')).toMatchObject({ value: 60, level: { kind: 'product' }, others: [] });
  });

  it('covers every rule that can be set, once', () => {
    const rules = explain([]).map(({ rule }) => rule);
    expect(rules).toEqual(allRules);
    expect([...rules, 'open']).toEqual(Object.keys(rulesShape.shape));
  });

  it('names, whatever the levels say, rules that exist, levels that are there and known words', () => {
    fc.assert(
      fc.property(anyLevels, (levels) => {
        const ids = ['product', ...levels.map(({ id }) => id)];
        for (const { rule, level: from, others, value } of explain(levels)) {
          expect(allRules).toContain(rule);
          expect(ids).toContain(from.id);
          if (from.id !== 'product') {
            const speaker = levels.find(({ id }) => id === from.id);
            const speaks = speaker?.rules[rule] !== undefined || speaker?.rules.secondFactor === 'required';
            expect(speaks).toBe(true);
          }
          for (const other of others) {
            expect(ids).toContain(other.level.id);
            expect(allOverruled).toContain(other.why);
            expect(other.value).not.toEqual(value);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a level says to no effect', () => {
  it('is named with why, and with what holds instead', () => {
    const levels = [realm({ sessionHours: 8, sms: 'not' }), org({ sessionHours: 24, sms: 'not', idleMinutes: 30 })];
    expect(withoutEffect(levels, { kind: 'organization', id: 'acme' })).toMatchObject([
      { rule: 'sessionHours', why: 'not_open', holds: { value: 8, level: { id: 'web1' } } },
    ]);
  });

  it('is its own, not that of another of its kind', () => {
    const above = { ...org({ sessionHours: 24 }), id: 'north', name: 'North' };
    const levels = [realm({ sessionHours: 8 }), above, { ...org({ idleMinutes: 30 }), under: ['north'] }];
    expect(withoutEffect(levels, { kind: 'organization', id: 'acme' })).toEqual([]);
    expect(withoutEffect(levels, { kind: 'organization', id: 'north' })).toMatchObject([{ rule: 'sessionHours' }]);
  });

  it('is nothing where methods are narrowed further below', () => {
    const levels = [realm({ methods: ['totp', 'phone'] }), org({ methods: ['totp'] })];
    expect(withoutEffect(levels, { kind: 'realm', id: 'web1' })).toEqual([]);
  });
});

describe('what people set for themselves', () => {
  const open = (rules: Rules): Level => realm({ ...rules, open: [...allRules] });

  it.each<[string, Rules, Rules, readonly string[]]>([
    ['a second factor where it is optional', { secondFactor: 'optional' }, { secondFactor: 'required' }, []],
    ['no second factor where it is required', { secondFactor: 'required' }, { secondFactor: 'off' }, ['secondFactor']],
    ['a shorter session', { sessionHours: 24 }, { sessionHours: 8 }, []],
    ['a longer session', { sessionHours: 8 }, { sessionHours: 24 }, ['sessionHours']],
    ['no text messages', { sms: 'allowed' }, { sms: 'not' }, []],
    ['text messages where they are not allowed', { sms: 'not' }, { sms: 'allowed' }, ['sms']],
    ['fewer methods', { methods: ['totp', 'phone'] }, { methods: ['totp'] }, []],
    ['another method', { methods: ['totp'] }, { methods: ['phone'] }, ['methods']],
  ])('%s: loosens %j under %j by %j', (_words, above, own, loosened) => {
    expect(loosening([open(above)], user(own))).toEqual(loosened);
    expect(loosening([realm(above)], user(own))).toEqual([]);
  });
});
