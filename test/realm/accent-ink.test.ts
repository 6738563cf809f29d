import fc from 'fast-check';
import { accentInkOn, contrast, leastContrast } from '../../src/realm/accent-ink.ts';

describe('text on the accent colour', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#777777', '#ffffff', 4.48],
    ['#ff0000', '#ffffff', 4],
    ['#1f5fbf', '#ffffff', 6.09],
  ])('%s on %s has a contrast of %d', (a, b, ratio) => {
    expect(contrast(a, b)).toBeCloseTo(ratio, 1);
    expect(contrast(b, a)).toBe(contrast(a, b));
  });

  it('is readable (4.5 : 1) on every accent', () => {
    const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
    fc.assert(
      fc.property(colour, (accent) => contrast(accent, accentInkOn(accent)) >= leastContrast),
      { numRuns: 5_000, examples: [['#777777'], ['#767676'], ['#757575'], ['#ff0000']] },
    );
  });
});
