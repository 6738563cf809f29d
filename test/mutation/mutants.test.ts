import { readFile } from 'node:fs/promises';
import { harmless } from '../../scripts/mutation/harmless.ts';
import { mutantsOf, mutated } from '../../scripts/mutation/mutants.ts';

const source = (file: string) => readFile(new URL(`../../src/policy/${file}`, import.meta.url), 'utf8');

describe('faults that the mutation check makes', () => {
  it('differ from the source in their one line', () => {
    const text = ['if (a < b && list.some(isOpen)) return undefined;', 'const c = d;'].join('\n');
    const mutants = mutantsOf(text);
    expect(mutants.map(({ after }) => after)).toEqual([
      'if (a < b || list.some(isOpen)) return undefined;',
      'if (a <= b && list.some(isOpen)) return undefined;',
      'if (a > b && list.some(isOpen)) return undefined;',
      'if (a < b && list.every(isOpen)) return undefined;',
    ]);
    for (const mutant of mutants) expect(mutated(text, mutant)).toBe(`${mutant.after}\nconst c = d;`);
  });

  it.each([
    ['x(said, (days) => -days)', ['x(said, (days) => days)']],
    ['x(said, (length) => length)', ['x(said, (length) => -length)']],
    ['a + b', ['a - b']],
    ['  if (isDone) return undefined;', ['']],
    ['    judgePerson(situation) ??', ['']],
  ])('turn %j into %j', (line, lines) => {
    expect(mutantsOf(line).map(({ after }) => after)).toEqual(lines);
  });

  it('leave comments, imports and types alone', () => {
    const text =
      "// a < b\nimport { x } from 'y < z';\ntype A = B & (C extends D ? 1 : 0);\n  | { a: 1 && 2 }\n/** a && b */";
    expect(mutantsOf(text)).toEqual([]);
  });

  it.each(['effective.ts', 'requirements.ts', 'statements.ts', 'demand.ts', 'next.ts', 'second-factor.ts'])(
    'are many in %s',
    async (file) => {
      expect(mutantsOf(await source(file)).filter((mutant) => !harmless(mutant)).length).toBeGreaterThan(10);
    },
  );
});
