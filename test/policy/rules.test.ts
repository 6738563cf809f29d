import { combine, type Level, passwordMinLengthFor, type Rules, rulesShape } from '../../src/policy/index.ts';
import { level } from './facts.ts';

const codes = (count: number): Rules => ({
  externalAuthentication: {
    ...{ price: 5, currency: 'EUR' },
    promoCodes: Object.fromEntries(Array.from({ length: count }, (_, at) => [`CODE-${at}`, 10])),
  },
});

describe('what a level may say', () => {
  it.each<[string, Rules, boolean]>([
    ['grace until a day', { grace: { until: '2026-06-01' } }, true],
    ['grace of days and postponements', { grace: { days: 14, postponements: 3 } }, true],
    ['grace that says nothing', { grace: {} }, false],
    ['grace of no days', { grace: { days: 0 } }, false],
    ['a year and a day of grace', { grace: { days: 366 } }, false],
    ['a hundred promo codes', codes(100), true],
    ['a hundred and one', codes(101), false],
  ])('%s', (_words, rules, isTaken) => {
    expect(rulesShape.safeParse(rules).success).toBe(isTaken);
  });
});

describe('the length of a password beside a second factor', () => {
  const realm = (length: number) => level({ passwordMinLength: length }, 'realm', 'msp');
  const org = (length: number) => level({ passwordMinLength: length }, 'organization', 'acme');
  const of = (...levels: readonly Level[]) => {
    const { value, from } = passwordMinLengthFor(combine(levels), true);
    return [value, from.id];
  };

  it('is that of the level that asks for most, where levels ask for less than a password alone must have', () => {
    expect(of(realm(12), org(10))).toEqual([12, 'msp']);
    expect(of(realm(10), org(12))).toEqual([12, 'acme']);
    expect(of()).toEqual([8, 'product']);
  });
});
