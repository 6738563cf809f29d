import { csv } from '../../src/rulebook/csv.ts';

describe('B5: a name that people typed', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', `"'\t=1"`],
    // Spreadsheets of half the world take lines apart at semicolons, and some at tabs.
    ['Ada;=1+1', '"Ada;=1+1"'],
    ['Ada\t=1+1', '"Ada\t=1+1"'],
    ['Ada,=1+1', '"Ada,=1+1"'],
    ['Ada\r\n=1+1', '"Ada\r\n=1+1"'],
    ['Ada "the =" L.', '"Ada ""the ="" L."'],
    ['Ada Lovelace', 'Ada Lovelace'],
  ])('%j is no formula: %s', (name, cell) => {
    expect(csv([[name, 'ready']])).toEqual([`${cell},ready`]);
  });
});
