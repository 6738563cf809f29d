import fc from 'fast-check';
import { newCode, newShown, parseCode } from '../../../src/factors/phone/code.ts';
import { readExtension, readNumber, regionOf } from '../../../src/factors/phone/number.ts';

describe('a telephone number', () => {
  it.each([
    ['+49 151 23456789', 'US', '+4915123456789'],
    ['0151 23456789', 'DE', '+4915123456789'],
    ['(202) 555-0140', 'US', '+12025550140'],
    ['+1-202-555-0140', 'JP', '+12025550140'],
    ['＋４９ １５１ ２３４５６７８９', 'US', '+4915123456789'],
    ['  +49 151-23456789 ', 'US', '+4915123456789'],
    ['0049 151 23456789', 'DE', '+4915123456789'],
    ['090-1234-5678', 'JP', '+819012345678'],
  ])('typed as %s in %s is %s', async (typed, region, number) => {
    expect(await readNumber(typed, region)).toEqual({ number });
  });

  it('may bring its extension along', async () => {
    expect(await readNumber('+12025550140 ext. 89', 'US')).toEqual({ number: '+12025550140', extension: '89' });
  });

  it.each([
    [''],
    [' '],
    ['12'],
    ['+49'],
    ['+999 12345678'],
    ['call me at 202 555 0140'],
    ['+1 202 555 0140 +1 202 555 0141'],
    ['+'.repeat(60)],
    ['1'.repeat(200)],
    [null],
    [4_915_123_456_789],
    [['+4915123456789']],
    [{ $ne: null }],
  ])('is not %j', async (typed) => {
    expect(await readNumber(typed, 'US')).toBeUndefined();
  });

  it.each([
    ['DE', 'en', 'DE'],
    [undefined, 'de-AT', 'AT'],
    [undefined, 'de', 'DE'],
    [undefined, 'ja', 'JP'],
    [undefined, 'en-GB', 'GB'],
    [undefined, 'no such language!', 'US'],
  ])(
    'without a country code is from the realm’s country (%s), else the language’s (%s): %s',
    (country, locale, region) => {
      expect(regionOf(country, locale)).toBe(region);
    },
  );

  it.each([
    ['', ''],
    ['12', '12'],
    ['1p2w3;4', '1,2,3,4'],
    [' 12 - (34) ', '1234'],
    ['*1#', '*1#'],
    ['１２', '12'],
    ['abc', undefined],
    ['1'.repeat(21), undefined],
    [12, undefined],
  ])('has an extension of %j: %j', (typed, keys) => {
    expect(readExtension(typed)).toBe(keys);
  });

  it('B1: whatever is typed, nothing is thrown, and what is read is E.164 and reads as itself', async () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.stringMatching(/^[+0-9 ().,;ext-]{0,30}$/),
      fc.anything(),
    );
    await fc.assert(
      fc.asyncProperty(typed, fc.constantFrom('US', 'DE', 'JP', 'XX', ''), async (text, region) => {
        const read = await readNumber(text, region);
        if (read === undefined) return;
        expect(read.number).toMatch(/^\+[1-9]\d{6,14}$/);
        expect((await readNumber(read.number, 'US'))?.number).toBe(read.number);
        readExtension(text);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('a code by telephone', () => {
  it('N4: has six digits, leading zeros kept, and every place takes every digit', () => {
    const codes = Array.from({ length: 5_000 }, newCode);
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    // A digit that is missing at a place in 5,000 fair draws is a matter of 1 in 10^228.
    for (let place = 0; place < 6; place += 1) expect(new Set(codes.map((code) => code[place])).size).toBe(10);
  });

  it('N5: that is keyed in has six digits too, and never begins with the 0 that reports fraud', () => {
    for (let n = 0; n < 5_000; n += 1) expect(newShown()).toMatch(/^[1-9]\d{5}$/);
  });

  it.each([
    ['482913', '482913'],
    [' 482 913 ', '482913'],
    ['482-913', '482913'],
    ['000000', '000000'],
    ['', undefined],
    ['48291', undefined],
    ['4829131', undefined],
    ['48291a', undefined],
    ['٤٨٢٩١٣', undefined],
    [482_913, undefined],
    [['482913'], undefined],
    [null, undefined],
  ])('faults 33, 34: typed as %j is %j', (typed, code) => {
    expect(parseCode(typed)).toBe(code);
  });
});
