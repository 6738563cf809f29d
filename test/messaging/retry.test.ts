import fc from 'fast-check';
import { quietMs, retryAfterMs } from '../../src/messaging/retry.ts';

describe('trying again', () => {
  it.each([
    [1, 10],
    [2, 20],
    [3, 40],
    [7, 640],
    [8, 900],
    [1000, 900],
  ])('after failure %i waits %i s, a fifth more or less', (failures, seconds) => {
    expect(retryAfterMs(failures, 0.5)).toBe(seconds * 1000);
    expect(retryAfterMs(failures, 0)).toBe(seconds * 800);
    expect(retryAfterMs(failures, 1)).toBe(seconds * 1200);
  });

  it('never waits less than before, and always some time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (failures) => {
        expect(retryAfterMs(failures + 1, 0.5)).toBeGreaterThanOrEqual(retryAfterMs(failures, 0.5));
        expect(quietMs(failures)).toBeGreaterThanOrEqual(1_000);
        expect(quietMs(failures)).toBeLessThanOrEqual(60_000);
      }),
    );
  });
});
