import fc from 'fast-check';
import {
  countOne,
  endOf,
  giveBack,
  type Limits,
  type Span,
  spans,
  startOf,
  type Windows,
} from '../../../src/messaging/allowance/windows.ts';

const at = (text: string) => new Date(text);
const now = at('2026-11-23T10:20:30Z');

describe('counting by minute, day and month', () => {
  it.each<[Span, string, string, string]>([
    ['minute', '2026-11-23T10:20:59.999Z', '2026-11-23T10:20:00Z', '2026-11-23T10:21:00Z'],
    ['day', '2026-11-23T23:59:59.999Z', '2026-11-23T00:00:00Z', '2026-11-24T00:00:00Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['month', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
  ])('a %s holds %s from %s until %s', (span, moment, from, until) => {
    expect(startOf(span, at(moment))).toEqual(at(from));
    expect(endOf(span, at(from))).toEqual(at(until));
  });

  it.each<[Span, Limits, string]>([
    ['minute', { minute: 1, day: 5, month: 9 }, '2026-11-23T10:21:00Z'],
    ['day', { minute: 1, day: 1, month: 9 }, '2026-11-24T00:00:00Z'],
    ['month', { minute: 1, day: 1, month: 1 }, '2026-12-01T00:00:00Z'],
  ])('the second one is refused by the %s, until that is over', (span, limits, retryAt) => {
    const first = countOne({}, limits, now);
    expect(first.ok).toBe(true);
    expect(countOne(first.windows, limits, now)).toMatchObject({ ok: false, span, retryAt: at(retryAt) });
    expect(countOne(first.windows, limits, at(retryAt)).ok).toBe(true);
  });

  it('tells once in each window that it is full', () => {
    const full = countOne({}, { minute: 1 }, now).windows;
    const told = countOne(full, { minute: 1 }, now);
    expect(told).toMatchObject({ ok: false, firstFull: ['minute'] });
    expect(countOne(told.windows, { minute: 1 }, now)).toMatchObject({ ok: false, firstFull: [] });
  });

  it('a clock set back neither forgets what was counted nor keeps it until that time comes again', () => {
    const full = countOne({}, { day: 1 }, at('2027-06-01T00:00:00Z')).windows;
    const back = countOne(full, { day: 1 }, now);
    expect(back).toMatchObject({ ok: false, retryAt: at('2026-11-24T00:00:00Z') });
    expect(countOne(back.windows, { day: 1 }, at('2026-11-24T00:00:00Z')).ok).toBe(true);
  });

  it('nodes whose clocks differ by seconds count in one window at its border', () => {
    const ahead = at('2026-11-24T00:00:01Z');
    const behind = at('2026-11-23T23:59:59Z');
    let kept: Windows = {};
    let admitted = 0;
    for (let n = 0; n < 20; n += 1) {
      const counted = countOne(kept, { day: 3 }, n % 2 === 0 ? ahead : behind);
      kept = counted.windows;
      if (counted.ok) admitted += 1;
    }
    expect(admitted).toBe(3);
  });

  it('gives back what was counted in the same windows only', () => {
    const one = countOne({}, {}, now).windows;
    expect(giveBack(one, one).day?.count).toBe(0);
    const later = countOne(one, {}, at('2026-11-23T10:22:00Z')).windows;
    const given = giveBack(later, one);
    expect([given.minute?.count, given.day?.count]).toEqual([1, 1]);
  });

  const limit = fc.integer({ min: 1, max: 6 });
  const limits = fc.record({ minute: limit, day: limit, month: limit });
  const steps = fc.array(fc.integer({ min: 0, max: 20 * 60 * 60 * 1000 }), { minLength: 1, maxLength: 60 });

  it('never admits more than the limit in any window, however time goes on', () => {
    fc.assert(
      fc.property(limits, steps, (given, gaps) => {
        let kept: Windows = {};
        let time = now.getTime();
        const admitted = new Map<string, number>();
        for (const gap of gaps) {
          time += gap;
          const counted = countOne(kept, given, new Date(time));
          kept = counted.windows;
          if (!counted.ok) continue;
          for (const span of spans) {
            const key = `${span} ${startOf(span, new Date(time)).getTime()}`;
            const count = (admitted.get(key) ?? 0) + 1;
            admitted.set(key, count);
            expect(count).toBeLessThanOrEqual(given[span]);
          }
        }
      }),
    );
  });

  it('a lower limit never admits what a higher one refuses, and waiting until told helps', () => {
    fc.assert(
      fc.property(limits, limits, steps, (given, more, gaps) => {
        let kept: Windows = {};
        let time = now.getTime();
        for (const gap of gaps) kept = countOne(kept, given, new Date((time += gap))).windows;
        const higher = Object.fromEntries(spans.map((span) => [span, given[span] + more[span]]));
        const low = countOne(kept, given, new Date(time));
        const high = countOne(kept, higher, new Date(time));
        if (!high.ok) expect(low.ok).toBe(false);
        if (!low.ok) expect(countOne(low.windows, given, low.retryAt).ok).toBe(true);
      }),
    );
  });
});
