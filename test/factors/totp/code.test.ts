import fc from 'fast-check';
import { parseCode } from '../../../src/factors/totp/code.ts';

describe('a typed code', () => {
  it.each(Array.from({ length: 21 }, (_, length) => length))(
    'fault 33: of %i digits is a code only if it has six',
    (length) => {
      expect(parseCode('1'.repeat(length))).toBe(length === 6 ? '111111' : undefined);
    },
  );

  it.each(['482 913', ' 482913 ', '482\u00a0913', '48 29 13', '482\t913\n', '\u200b482913'])(
    'may have blanks: %j',
    (typed) => {
      expect(parseCode(typed)).toBe('482913');
    },
  );

  it.each([
    '',
    ' ',
    '48291a',
    '482-913',
    '-82913',
    '+82913',
    '4829.3',
    '1e5000',
    '0x1234',
    '٤٨٢٩١٣',
    '４８２９１３',
    '𝟒𝟖𝟐𝟗𝟏𝟑',
    '482913\0',
    `482913${' '.repeat(100)}`,
  ])('fault 33, 34: is refused otherwise: %j', (typed) => {
    expect(parseCode(typed)).toBeUndefined();
  });

  it.each([[undefined], [null], [482913], [['482913']], [{ $ne: null }], [true], [{ toString: () => '482913' }]])(
    'fault 33, 34: is text or nothing: %j',
    (typed) => {
      expect(parseCode(typed)).toBeUndefined();
    },
  );

  it('is six ASCII digits or nothing, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9 ]{0,12}$/), fc.anything()),
        (typed) => {
          const code = parseCode(typed);
          return code === undefined || /^[0-9]{6}$/.test(code);
        },
      ),
    );
  });
});
