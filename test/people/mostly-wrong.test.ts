import { createMostlyWrong } from '../../src/people/mostly-wrong.ts';

describe('whether most passwords are wrong', () => {
  /** After so many, of which every nth is right (0: none). */
  function after(count: number, everyNthRight: number, lately = createMostlyWrong()) {
    for (let n = 1; n <= count; n += 1) lately.judged(everyNthRight === 0 || n % everyNthRight !== 0);
    return lately;
  }

  it.each([
    ['nothing yet', 0, 1, false],
    ['40 wrong ones', 40, 0, false],
    ['50 wrong ones', 50, 0, true],
    ['a bad morning: every second is wrong', 1_000, 2, false],
    ['every third is right', 1_000, 3, false],
    ['a flood with one person in ten', 1_000, 10, true],
  ])('%s', (_, count, everyNthRight, isMostlyWrong) => {
    expect(after(count, everyNthRight).is).toBe(isMostlyWrong);
  });

  it('is over when people are among themselves again: after a dozen right ones at the latest', () => {
    const lately = after(10_000, 0);
    expect(after(9, 1, lately).is).toBe(true);
    expect(after(3, 1, lately).is).toBe(false);
  });
});
