import fc from 'fast-check';
import {
  emptyUsage,
  judged,
  pace,
  type SlowingRules,
  type Usage,
  unsend,
  useOf,
} from '../../../src/messaging/allowance/usage.ts';

const rules: SlowingRules = { usedPercent: 35, after: 20 };
const start = new Date('2026-11-23T10:00:00Z');
const minute = 60_000;
const after = (minutes: number) => new Date(start.getTime() + minutes * minute);

/** So many messages at that minute, of which so many are used. */
function history(sent: number, used: number, minutes = 0, before: Usage = emptyUsage): Usage {
  let usage = before;
  for (let n = 0; n < sent; n += 1) usage = pace(usage, { usedPercent: 0, after: 20 }, after(minutes)).usage;
  for (let n = 0; n < used; n += 1) usage = useOf(usage, after(minutes));
  return usage;
}

describe('the share of codes that get used', () => {
  it.each([
    [19, 0, true],
    [20, 0, false],
    [20, 6, false],
    [20, 7, true],
    [200, 69, false],
    [200, 70, true],
  ])('of %d messages %d used: at full speed is %p', (sent, used, isFree) => {
    expect(pace(history(sent, used), rules, after(10)).ok).toBe(isFree);
  });

  it('a code counts as unused only after five minutes, and not any more after four hours', () => {
    const usage = history(20, 0);
    expect(judged(usage, after(9)).sent).toBe(0);
    expect(judged(usage, after(10)).sent).toBe(20);
    expect(judged(usage, after(240)).sent).toBe(0);
  });

  it('a code that is used late still counts, and one that did not arrive does not', () => {
    expect(judged(useOf(history(20, 0), after(3)), after(30))).toEqual({ sent: 20, used: 1 });
    expect(judged(unsend(history(20, 0), after(3)), after(30))).toEqual({ sent: 19, used: 0 });
  });

  it('each unused code doubles the wait, up to an hour', () => {
    const slowed = pace(history(20, 0), rules, after(10));
    expect(slowed).toMatchObject({ ok: false, changed: 'slowed', retryAt: after(11) });
    let { usage } = slowed;
    const waits: number[] = [];
    let at = after(11);
    for (let n = 0; n < 8; n += 1) {
      const sent = pace(usage, rules, at);
      expect(sent.ok).toBe(true);
      const next = pace(sent.usage, rules, at);
      if (next.ok) throw new Error('it was not slowed');
      waits.push((next.retryAt.getTime() - at.getTime()) / minute);
      usage = sent.usage;
      at = next.retryAt;
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('three codes used since then make it normal again', () => {
    let usage = pace(history(20, 0), rules, after(10)).usage;
    let at = after(11);
    for (let n = 0; n < 3; n += 1) {
      const sent = pace(usage, rules, at);
      expect(sent.ok).toBe(true);
      usage = useOf(sent.usage, at);
      at = new Date(at.getTime() + 2 * minute);
    }
    expect(pace(usage, rules, at)).toMatchObject({ ok: true, changed: 'recovered' });
  });

  it('a day later it has a fresh start', () => {
    const { usage } = pace(history(20, 0), rules, after(10));
    expect(pace(usage, rules, after(10 + 24 * 60))).toMatchObject({ ok: true, changed: 'recovered' });
  });

  it('a clock set back by a year draws nothing out', () => {
    const lastYear = new Date(start.getTime() - 365 * 24 * 60 * minute);
    const { usage } = pace(history(20, 0), rules, after(10));
    const back = pace(usage, rules, lastYear);
    expect(back).toMatchObject({ ok: false, retryAt: new Date(lastYear.getTime() + minute) });
  });

  it('never is there a prefix that waiting as told does not let on, and what is used never exceeds what was sent', () => {
    const step = fc.tuple(fc.constantFrom('send', 'use', 'fail'), fc.integer({ min: 0, max: 90 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let usage = emptyUsage;
        let minutes = 0;
        let lastSent = start;
        for (const [what, gap] of steps) {
          minutes += gap;
          const at = after(minutes);
          if (what === 'use') usage = useOf(usage, lastSent);
          else if (what === 'fail') usage = unsend(usage, lastSent);
          else {
            const paced = pace(usage, rules, at);
            usage = paced.usage;
            if (paced.ok) lastSent = at;
            else expect(pace(usage, rules, paced.retryAt).ok).toBe(true);
          }
          for (const { sent, used } of usage.slices) expect(used).toBeLessThanOrEqual(sent);
          expect(usage.slices.length).toBeLessThanOrEqual(50);
        }
      }),
    );
  });
});
