import { codeAt, matchingStep } from '../../../src/factors/totp/seed.ts';
import { secondFactorGuesses } from '../../../src/policy/index.ts';

const seed = { secret: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU', algorithm: 'sha1', digits: 6, periodS: 30 } as const;
const all = 1_000_000;

describe('a code of six digits', () => {
  it.each([0, 1, 17, 1_439])('S1: is guessed with a chance of at most 3 in 10,000, in minute %i', (minute) => {
    const now = new Date(Date.UTC(2026, 10, 23, 0, minute, 15));
    const step = Math.floor(now.getTime() / 30_000);
    const taken = new Set<string>();
    const tries = [
      // What the app shows within five hours, and every 331st of all codes there are.
      ...Array.from({ length: 601 }, (_, at) => codeAt(seed, step + at - 300)),
      ...Array.from({ length: Math.floor(all / 331) }, (_, at) => String(at * 331).padStart(6, '0')),
    ];
    for (const code of tries) if (matchingStep(seed, code, now) !== undefined) taken.add(code);
    expect(taken).toEqual(new Set([-1, 0, 1].map((away) => codeAt(seed, step + away))));
    // That many in a row, ever, whoever asks: see N2.
    expect(((secondFactorGuesses.lockAt ?? Number.POSITIVE_INFINITY) * taken.size) / all).toBeLessThanOrEqual(3e-4);
  });
});
