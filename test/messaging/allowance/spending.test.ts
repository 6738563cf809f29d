import fc from 'fast-check';
import { refund, type Spending, spend } from '../../../src/messaging/allowance/spending.ts';

const now = new Date('2026-11-23T10:00:00Z');
const nextMonth = new Date('2026-12-01T00:00:00Z');

function spendAll(prices: readonly number[], budget: number): { spending: Spending | undefined; told: string[] } {
  let spending: Spending | undefined;
  const told: string[] = [];
  for (const price of prices) {
    const spent = spend(spending, price, budget, now);
    spending = spent.spending;
    if (spent.crossed !== undefined) told.push(`${spent.crossed} at ${spending.micros}`);
  }
  return { spending, told };
}

describe('a budget of a month', () => {
  it.each([
    ['79 of 100', [79], []],
    ['80 of 100', [80], ['warned at 80']],
    ['80 and one more', [80, 1], ['warned at 80']],
    ['all of it', [80, 20], ['warned at 80']],
    ['more than all, at once', [101], ['reached at 0']],
    ['more than all, twice asked', [90, 20, 20], ['warned at 90', 'reached at 90']],
    ['what still fits after a refusal', [90, 20, 10], ['warned at 90', 'reached at 90']],
  ])('%s', (_what, prices, told) => {
    expect(spendAll(prices, 100).told).toEqual(told);
  });

  it('nothing left is refused until the month is over, and then it is whole again', () => {
    const { spending } = spendAll([100], 100);
    expect(spend(spending, 1, 100, now)).toMatchObject({ ok: false, retryAt: nextMonth });
    expect(spend(spending, 1, 100, nextMonth)).toMatchObject({ ok: true, spending: { micros: 1 } });
  });

  it('without a budget it is only counted; with one of nothing, what is free is refused too', () => {
    expect(spend(undefined, 5, undefined, now)).toMatchObject({ ok: true, spending: { micros: 5 } });
    expect(spend(undefined, 0, 0, now).ok).toBe(false);
  });

  it('a higher budget is told of anew, a lower one is not', () => {
    const { spending } = spendAll([90], 100);
    expect(spend(spending, 60, 180, now)).toMatchObject({ ok: true, crossed: 'warned' });
    expect(spend(spending, 1, 95, now)).not.toHaveProperty('crossed');
  });

  it('gives back only in the month in which it was spent', () => {
    const from = new Date('2026-11-01T00:00:00Z');
    expect(refund({ from, micros: 50 }, 20, from).micros).toBe(30);
    expect(refund({ from: nextMonth, micros: 50 }, 20, from).micros).toBe(50);
  });

  it('is never exceeded, and each of warning and end is told at most once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), fc.integer({ min: 1, max: 300 }), (prices, budget) => {
        const { spending, told } = spendAll(prices, budget);
        expect(spending?.micros ?? 0).toBeLessThanOrEqual(budget);
        expect(told.filter((each) => each.startsWith('warned')).length).toBeLessThanOrEqual(1);
        expect(told.filter((each) => each.startsWith('reached')).length).toBeLessThanOrEqual(1);
        if ((spending?.micros ?? 0) * 100 >= budget * 80) expect(told.length).toBeGreaterThan(0);
      }),
    );
  });
});
