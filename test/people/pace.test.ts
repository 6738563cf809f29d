import fc from 'fast-check';
import { createPace } from '../../src/people/pace.ts';
import { aTimer } from './queue-timer.ts';

describe('a share of the processors’ time', () => {
  it('may be saved up to a bound, and is earned as time passes', () => {
    const timer = aTimer();
    const pace = createPace({ share: 0.25, savedMs: 100, now: timer.now });
    pace.charge(100);
    expect([pace.isOpen, pace.opensInMs]).toEqual([false, 1]);
    pace.charge(20);
    expect([pace.isOpen, pace.opensInMs]).toEqual([false, 81]);
    timer.pass(80);
    expect(pace.isOpen).toBe(false);
    timer.pass(1);
    expect([pace.isOpen, pace.opensInMs]).toEqual([true, 0]);
    timer.pass(1_000_000);
    pace.charge(100);
    expect(pace.isOpen).toBe(false);
  });

  it('is owed no more than could be saved, so that one long piece of work does not stop all for long', () => {
    const timer = aTimer();
    const pace = createPace({ share: 0.5, savedMs: 100, now: timer.now });
    pace.charge(60_000);
    expect(pace.opensInMs).toBe(201);
  });

  it('is open when it said it would be, and never yields more than its share beyond what was saved', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.05, max: 4, noNaN: true }),
        (pieces, share) => {
          const timer = aTimer();
          const savedMs = 200;
          const pace = createPace({ share, savedMs, now: timer.now });
          let taken = 0;
          for (const tookMs of pieces) {
            if (!pace.isOpen) timer.pass(pace.opensInMs);
            expect(pace.isOpen).toBe(true);
            pace.charge(tookMs);
            taken += tookMs;
            expect(taken).toBeLessThanOrEqual(savedMs + timer.now() * share + 60);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
