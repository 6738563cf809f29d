import { table } from '../../src/kernel/index.ts';

describe('a table', () => {
  it('pads columns to their widest, and ends no line in blanks', () => {
    expect(
      table([
        ['NAME', 'ID'],
        ['Mia', '1'],
        ['Wilhelmina', ''],
      ]),
    ).toEqual(['NAME        ID', 'Mia         1', 'Wilhelmina']);
    expect(table([])).toEqual([]);
  });

  it.each([
    ['two columns for a letter', '山田', 'ＡＢ', 'abcd'],
    ['none for a mark beside its letter', 'Zoe\u0308', 'Zoë', 'Zoe'],
    ['one for Greek and Cyrillic', 'Αθη', 'Иван'.slice(0, 3), 'abc'],
  ])('counts what a terminal shows: %s', (_, ...names) => {
    // All are as wide as the widest, so only the two blanks between columns stand there.
    for (const line of table(names.map((name) => [name, '|']))) expect(line).toMatch(/\S {2}\|$/);
  });
});
