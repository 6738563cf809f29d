/** One small fault in one line of a source. */
export interface Mutant {
  /** From 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** Faults that authors really make: a comparison the wrong way round, a limit off by one, all for some, a step left out. */
const faults: readonly (readonly [from: RegExp, to: string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ < /g, ' <= '],
  [/ < /g, ' > '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ > /g, ' < '],
  [/ >= /g, ' > '],
  [/\? 1 : 0/g, '? 0 : 1'],
  [/\) => -(?=[a-z(])/g, ') => '],
  [/\((\w+)\) => \1(?=[,)])/g, '($1) => -$1'],
  [/\.indexOf\(value\)/g, '.indexOf(value) * -1'],
  [/\.some\(/g, '.every('],
  [/\.every\(/g, '.some('],
  [/\.findLast\(/g, '.find('],
  [/\.at\(-1\)/g, '.at(0)'],
  [/\bMath\.min\(/g, 'Math.max('],
  [/\bMath\.max\(/g, 'Math.min('],
  [/(?<=[\w)]) \+ (?=[\w(])/g, ' - '],
  [/(?<=[\w)]) - (?=[\w(])/g, ' + '],
  [/^ {4}judge\w+\(.*\) \?\?$/g, ''],
  [/^ {2}if \(.*\) return undefined;$/g, ''],
];

/** Every fault that the table can make in `source`, each by itself; imports, types and comments aside. */
export function mutantsOf(source: string): readonly Mutant[] {
  return source.split('\n').flatMap((before, at) => {
    if (/^\s*(?:\/\/|\/?\*|import |export (?:type|interface)|type |\||readonly )/.test(before)) return [];
    return faults.flatMap(([from, to]) =>
      [...before.matchAll(from)].map((found) => {
        const end = found.index + found[0].length;
        const after = before.slice(0, found.index) + to.replaceAll('$1', found[1] ?? '') + before.slice(end);
        return { line: at + 1, before, after };
      }),
    );
  });
}

export function mutated(source: string, { line, after }: Mutant): string {
  return source
    .split('\n')
    .with(line - 1, after)
    .join('\n');
}
