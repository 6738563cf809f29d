import { cpuTicksOf, rssMiBOf } from '../../scripts/bench/process-usage.ts';
import { median, percentile, rounded } from '../../scripts/bench/statistics.ts';
import { columns } from '../../scripts/bench/table.ts';

describe('figures of the bench', () => {
  it.each([
    [[7], 0.5, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.51, 3],
    [Array.from({ length: 100 }, (_, at) => at + 1), 0.99, 99],
    [Array.from({ length: 101 }, (_, at) => at + 1), 0.99, 100],
    [[1, 2], 1, 2],
    [[1, 2], 0, 1],
  ])('of %j the share %d lies at or below %d', (sorted, share, value) => {
    expect(percentile(sorted, share)).toBe(value);
  });

  it('has no percentile of nothing', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('takes the median whatever the order, and four figures of a number', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(rounded(12.34567)).toBe(12.35);
    expect(rounded(0.0123456)).toBe(0.01235);
  });

  it.each(['node', 'a b', 'evil) S 1 2 3 (x', ''])('reads user and system time past a program named "%s"', (name) => {
    const fields = Array.from({ length: 50 }, (_, at) => String(at + 3));
    // Fields 14 and 15 of proc_pid_stat(5), where the third is the state.
    expect(cpuTicksOf(`4711 (${name}) ${['R', ...fields.slice(1)].join(' ')}`)).toBe(14 + 15);
  });

  it('reads resident memory', () => {
    expect(rssMiBOf('VmPeak:\t  999999 kB\nVmRSS:\t  102400 kB\nThreads:\t11\n')).toBe(100);
  });

  it('pads columns to their widest word', () => {
    expect(
      columns([
        ['a', 'long', 'x'],
        ['bcd', 'e', 'yz'],
      ]),
    ).toEqual(['  a    long  x', '  bcd  e     yz']);
  });
});
