import fc from 'fast-check';
import { normalise } from '../../src/oidc/features/device-pages.ts';

const letters = fc.string({ unit: fc.constantFrom(...'BCDFGHJKLMNPQRSTVWXZ'), minLength: 8, maxLength: 8 });

describe('the code of a device', () => {
  it('is the same however it is written', () => {
    const gaps = fc.array(fc.constantFrom('', ' ', '-', '\u00a0', '–', '\t'), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(letters, gaps, fc.boolean(), (code, between, isSmall) => {
        const written = [...code].map((letter, index) => `${between[index] ?? ''}${letter}`).join('');
        expect(normalise(isSmall ? written.toLowerCase() : written)).toBe(code);
      }),
      { numRuns: 2_000 },
    );
  });

  it('B1: whatever is typed becomes at most 64 plain characters, and stays as it is the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
        const code = normalise(typed);
        expect(code).toMatch(/^\w{0,64}$/);
        expect(code).not.toMatch(/[a-z]/);
        expect(normalise(code)).toBe(code);
      }),
      { numRuns: 10_000 },
    );
  });
});
