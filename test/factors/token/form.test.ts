import fc from 'fast-check';
import { readCode, readCodes, readName } from '../../../src/factors/token/form.ts';

describe('what is typed for a token', () => {
  it.each([
    ['123456', '123456'],
    ['012 345', '012345'],
    [' 1234 5678\n', '12345678'],
    ['00000000', '00000000'],
  ])('fault 33: reads %j', (typed, code) => {
    expect(readCode(typed)).toBe(code);
  });

  it.each([
    ...Array.from({ length: 21 }, (_, length) => '1'.repeat(length)).filter(
      ({ length }) => length !== 6 && length !== 8,
    ),
    '12345a',
    '-12345',
    '1234.6',
    '１２３４５６',
    '١٢٣٤٥٦',
    ' '.repeat(60) + '123456',
    123456,
    ['123456'],
    null,
    undefined,
    { $ne: null },
  ])('fault 33: does not read %j', (typed) => {
    expect(readCode(typed)).toBeUndefined();
  });

  it('B1: is digits or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 70 }), fc.anything()), (typed) => {
        expect(readCode(typed) ?? '000000').toMatch(/^([0-9]{6}|[0-9]{8})$/);
      }),
      { numRuns: 10_000 },
    );
  });

  it('may be a second code, and must be one where two are asked for', () => {
    const read = (a: string, b: string, count: 1 | 2) => readCodes({ a, b }, ['a', 'b'], count);
    expect(read('123456', '', 1)).toEqual({ codes: ['123456'] });
    expect(read('123456', '654321', 1)).toEqual({ codes: ['123456', '654321'] });
    expect(read('123456', 'x', 1)).toEqual({ malformed: 'b' });
    expect(read('123456', '', 2)).toEqual({ malformed: 'b' });
    expect(read('', '123456', 2)).toEqual({ malformed: 'a' });
  });

  it('has a name of what can be seen, or none', () => {
    expect(readName(' Key\u0000 ring ')).toBe('Key ring');
    expect(readName('\u200b')).toBeUndefined();
    expect(readName(undefined)).toBeUndefined();
    expect(readName('x'.repeat(99))).toHaveLength(64);
  });
});
