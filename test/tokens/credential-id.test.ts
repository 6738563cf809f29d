import fc from 'fast-check';
import { readCredentialId } from '../../src/tokens/index.ts';

describe('a Credential ID', () => {
  it.each([
    ['GHST12345678', 'GHST12345678'],
    ['ghst 1234 5678', 'GHST12345678'],
    [' GHST-1234-5678 ', 'GHST12345678'],
    ['ghst\u20131234\u22125678', 'GHST12345678'],
    ['\u00a0GHST\u200b1234\ufeff5678\u2028', 'GHST12345678'],
    ['ＧＨＳＴ１２３４５６７８', 'GHST12345678'],
    ['1234', '1234'],
    ['a'.repeat(32), 'A'.repeat(32)],
  ])('is read from %j', (typed, id) => {
    expect(readCredentialId(typed)).toBe(id);
  });

  it.each([
    '',
    '123',
    'a'.repeat(33),
    'GHST/12345678',
    'GHST1234567\0',
    'ghſt12345678',
    'gheıt1234567',
    'GHST１２３４٥٦٧٨',
    '../GHST1234',
    ' '.repeat(200),
    null,
    undefined,
    12345678,
    ['GHST12345678'],
    { $ne: null },
  ])('fault 32: is not read from %j', (typed) => {
    expect(readCredentialId(typed)).toBeUndefined();
  });

  it('B1: is capitals and digits or nothing, and reads as itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.anything()), (typed) => {
        const id = readCredentialId(typed);
        if (id === undefined) return;
        expect(id).toMatch(/^[A-Z0-9]{4,32}$/);
        expect(readCredentialId(id)).toBe(id);
      }),
      { numRuns: 10_000 },
    );
  });

  it('does not depend on case, blanks and dashes', () => {
    const separators = fc.array(fc.constantFrom(' ', '-', '\t', '\u2011'), { maxLength: 2 }).map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z0-9]{4,32}$/),
        fc.infiniteStream(separators),
        fc.boolean(),
        (id, between, isSmall) => {
          const typed = [...id].map((sign) => `${between.next().value}${sign}`).join('');
          fc.pre(typed.length <= 128);
          expect(readCredentialId(isSmall ? typed.toLowerCase() : typed)).toBe(id);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
