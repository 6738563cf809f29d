import fc from 'fast-check';
import { parseForm } from '../../src/http/form.ts';
import { GatehouseError } from '../../src/kernel/index.ts';

describe('reading a posted form', () => {
  it.each([
    ['', {}],
    ['code=123456', { code: '123456' }],
    ['code=12+34%2B', { code: '12 34+' }],
    ['code', { code: '' }],
    ['code=a=b', { code: 'a=b' }],
    ['name=%E2%82%AC', { name: '€' }],
  ])('reads %j', (body, form) => {
    expect({ ...parseForm(body) }).toEqual(form);
  });

  it.each([
    ['a field given twice', 'code=1&code=2'],
    ['fault 33: an array', 'code[]=1'],
    ['fault 34: an operator', 'code[$ne]=1'],
    ['fault 34: an operator as name', '$where=1'],
    ['a path', 'user.id=1'],
    ['a prototype', '__proto__=1'],
    ['a constructor', 'constructor=1'],
    ['a name of blanks', '+=1'],
    ['an empty name', '=1'],
    ['half an escape', 'code=%E2%82'],
    ['overlong UTF-8', 'code=%C0%AF'],
    ['NUL', 'code=1%00'],
    ['a long value', `code=${'1'.repeat(2049)}`],
    ['B6: too many fields', Array.from({ length: 101 }, (_, index) => `a${index}=1`).join('&')],
    ['an empty pair', 'a=1&&b=2'],
  ])('refuses %s', (_, body) => {
    expect(() => parseForm(body)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  it('accepts values and fields up to the limit', () => {
    expect(parseForm(`code=${'1'.repeat(2048)}`).code).toHaveLength(2048);
    expect(Object.keys(parseForm(Array.from({ length: 100 }, (_, index) => `a${index}=1`).join('&')))).toHaveLength(
      100,
    );
  });

  it('B1: reads or refuses, and never throws anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webQueryParameters()), (body) => {
        try {
          for (const value of Object.values(parseForm(body))) if (typeof value !== 'string') return false;
          return true;
        } catch (error) {
          return error instanceof GatehouseError && error.code === 'bad_request';
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('gives back what was written', () => {
    const name = fc.stringMatching(/^[a-z]{1,10}$/).filter((text) => !(text in Object.prototype));
    const value = fc.string({ unit: 'grapheme', maxLength: 100 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.dictionary(name, value), (fields) => {
        expect({ ...parseForm(new URLSearchParams(fields).toString()) }).toEqual({ ...fields });
      }),
    );
  });
});
