import fc from 'fast-check';
import {
  type AddressTally,
  countWrongFrom,
  emptyAddressTally,
  retryAfterS,
  wrongInHour,
} from '../../src/policy/index.ts';

const start = new Date('2026-03-02T09:02:00Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

const counted = (times: readonly Date[]): AddressTally => times.reduce(countWrongFrom, emptyAddressTally);

describe('wrong guesses from one address range', () => {
  it('count for at least an hour, and for five minutes more at most', () => {
    const tally = counted([start]);
    expect(wrongInHour(tally, later(3600))).toBe(1);
    expect(wrongInHour(tally, later(3900))).toBe(0);
  });

  it('say when the oldest of them no longer counts', () => {
    const tally = counted([start]);
    const seconds = retryAfterS(tally, later(600));
    expect(wrongInHour(tally, later(600 + seconds - 1))).toBe(1);
    expect(wrongInHour(tally, later(600 + seconds))).toBe(0);
  });

  it('go on counting when the clock is set back, for no longer than they would', () => {
    const tally = counted([start, later(-7200)]);
    expect(wrongInHour(tally, later(-7200))).toBe(2);
    expect(wrongInHour(tally, later(-7200 + 3900))).toBe(0);
  });

  it('property: are counted exactly within any hour, and are kept in a bounded number of slices', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1200), { maxLength: 300 }), (gaps) => {
        let at = 0;
        const times = gaps.map((gap) => (at += gap));
        const tally = counted(times.map(later));
        const within = times.filter((time) => time > at - 3600).length;
        const atMost = times.filter((time) => time > at - 3900 - 300).length;
        expect(wrongInHour(tally, later(at))).toBeGreaterThanOrEqual(within);
        expect(wrongInHour(tally, later(at))).toBeLessThanOrEqual(atMost);
        expect(tally.slices.length).toBeLessThanOrEqual(14);
      }),
    );
  });
});
