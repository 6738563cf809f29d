import { judgeEndurance, type Minute, minuteOf } from '../../scripts/soak/endurance.ts';

const minute = (change: Partial<Minute> = {}): Minute => ({
  ...{ signIns: 1_800, p99Ms: 120, rssMiB: 250, openFiles: 60 },
  ...change,
});
const minutes = (count: number, of: (n: number) => Partial<Minute>) =>
  Array.from({ length: count }, (_, n) => minute(of(n)));
const judge = (some: readonly Minute[], failures: readonly string[] = [], late = 0) =>
  judgeEndurance({ perSecond: 30, minutes: some, failures, late }).faults;

describe('half an hour at 70 %', () => {
  it.each([
    ['nothing changes', (): Partial<Minute> => ({}), []],
    ['memory goes up and down', (n: number) => ({ rssMiB: 250 + (n % 3) * 20 }), []],
    ['memory grows in the first three minutes alone', (n: number) => ({ rssMiB: n < 3 ? 150 : 250 }), []],
    ['memory grows by 9 % in all', (n: number) => ({ rssMiB: 250 + n * 0.8 }), []],
    ['memory grows by a MiB and a half each minute', (n: number) => ({ rssMiB: 250 + n * 1.5 }), [/memory grew/]],
    ['a socket is left open each minute', (n: number) => ({ openFiles: 60 + n }), [/files and sockets/]],
    ['open files cannot be seen', (): Partial<Minute> => ({ openFiles: 0 }), []],
  ] as const)('L4: %s', (_, of, faults) => {
    expect(judge(minutes(30, of))).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });

  it('L4: one sign-in that failed is one too many, and is told', () => {
    const steady = minutes(30, () => ({}));
    expect(judge(steady, ['sign-in: 503'])).toEqual(['L4: 1 sign-ins failed, the first: sign-in: 503']);
  });

  it('is none when the rate was not kept', () => {
    const steady = minutes(30, () => ({}));
    expect(judge(steady, [], 500)).toEqual([]);
    expect(judge(steady, [], 600)).toEqual([expect.stringMatching(/could not begin/)]);
  });

  it('is judged in one minute as well', () => {
    expect(judge([minute()])).toEqual([]);
    expect(minuteOf(Float64Array.from([3, 1, 2]), 250.123, undefined)).toEqual({ signIns: 3, p99Ms: 3, rssMiB: 250.1 });
    expect(minuteOf(new Float64Array(), 250, 7)).toEqual({ signIns: 0, p99Ms: 0, rssMiB: 250, openFiles: 7 });
  });
});
