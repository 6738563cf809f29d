import fc from 'fast-check';
import { isEmail, isUsername, nameKey, normalise } from '../../src/people/normalise.ts';

describe('normalising identifiers', () => {
  it.each([
    ['Mia@Example.COM', 'mia@example.com'],
    ['  mia@example.com\t', 'mia@example.com'],
    ['ｍｉａ@example.com', 'mia@example.com'],
    ['mia＠example.com', 'mia@example.com'],
    ['mia@Bücher.example', 'mia@xn--bcher-kva.example'],
    ['mia@xn--bcher-kva.example', 'mia@xn--bcher-kva.example'],
    ['MÜLLER', 'müller'],
    ['Mu\u0308ller', 'müller'],
    ['', ''],
    ['@', '@'],
  ])('%j is looked up as %j', (given, key) => {
    expect(normalise(given)).toBe(key);
  });

  it('changes nothing the second time, whatever comes in', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          fc.tuple(anything, anything).map((parts) => parts.join('@')),
        ),
        (text) => {
          expect(normalise(normalise(text))).toBe(normalise(text));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('never cuts: two long names that differ at the end stay two', () => {
    const long = 'a'.repeat(5_000);
    expect(normalise(`${long}x`)).not.toBe(normalise(`${long}y`));
    expect(normalise(`${long}x`)).toHaveLength(5_001);
  });
});

describe('what may be an identifier', () => {
  it.each([
    ['mia@example.com', true],
    ['mia+news@example.com', true],
    ["o'neill@example.ie", true],
    ['mia@localhost', true],
    ['mia@bücher.example', true],
    [`${'a'.repeat(64)}@example.com`, true],
    [`${'a'.repeat(65)}@example.com`, false],
    ['mia@', false],
    ['@example.com', false],
    ['mia', false],
    ['a@b@example.com', false],
    ['mia @example.com', false],
    ['mia\u200b@example.com', false],
    ['mia@exa mple.com', false],
    ['mia@-example.com', false],
    ['.mia@example.com', false],
    ['mi..a@example.com', false],
    ['mia@example.com\r\nBcc: all@example.com', false],
    ['mia@example.com,eve@example.com', false],
    ['<mia@example.com>', false],
    ['mia\ud800@example.com', false],
  ])('email %j: %s', (value, isFine) => {
    expect(isEmail(value)).toBe(isFine);
  });

  it.each([
    ['mia', true],
    ['mia.berger', true],
    ['ミア', true],
    ['mia@example.com', false],
    ['mia＠example.com', false],
    ['mia berger', false],
    ['mia\u0000', false],
    ['', false],
    ['   ', false],
    ['a'.repeat(320), true],
    ['a'.repeat(321), false],
  ])('user name %j: %s', (value, isFine) => {
    expect(isUsername(value)).toBe(isFine);
  });
});

describe('the key of a name', () => {
  it('puts names where people look for them', () => {
    const names = ['Zoe', 'Özil', 'Olsen', 'Ott', 'ångström', 'Straßer', 'Strasser', 'Adam'];
    const sorted = [...names].sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : nameKey(a) > nameKey(b) ? 1 : 0));
    expect(sorted).toEqual(['Adam', 'ångström', 'Olsen', 'Ott', 'Özil', 'Straßer', 'Strasser', 'Zoe']);
  });

  it.each(['Özil', 'ÖZIL', 'O\u0308zil', 'ozil'])('finds %j as any other way of writing it', (name) => {
    expect(nameKey(name)).toBe('ozil');
  });

  it('keeps Korean syllables whole and leaves no name empty', () => {
    expect(nameKey('김민준')).toBe('김민준');
    expect(nameKey('\u0301')).not.toBe('');
  });
});
