/**
 * Breaks the policy room in every small way of `mutation/mutants.ts`, one at a time, in a copy, and has the room's tests
 * notice: `npm run mutate:policy -- [--every N] [--file name.ts]`. Exit code 1: some were not noticed, each is named.
 */
import { parseArgs } from 'node:util';
import { harmless } from './mutation/harmless.ts';
import { type Mutant, mutantsOf, mutated } from './mutation/mutants.ts';
import { openWorkplace } from './mutation/workplace.ts';

/** Counting guesses is no rule; what only names things has nothing to break. */
const leftOut = new Set(['guessing.ts', 'address-guessing.ts', 'index.ts', 'level.ts', 'facts.ts', 'reason.ts']);

/** Most mutants are noticed by tables in a moment; the others get every test of the room, properties too. */
const tables = [
  'combining',
  'requirements',
  'here-and-now',
  'remembered',
  'journey',
  'guards',
  'next',
  'effective',
  'acr',
  'weak-factor',
];

const { values } = parseArgs({
  options: { every: { type: 'string', default: '1' }, file: { type: 'string', multiple: true } },
});

const place = await openWorkplace('policy');
try {
  if (!(await place.pass())) throw new Error('the tests fail before anything is broken');
  const unnoticed = await run();
  for (const line of unnoticed) process.stdout.write(`NOT NOTICED ${line}\n`);
  if (unnoticed.length > 0) process.exitCode = 1;
} finally {
  await place.close();
}

async function run(): Promise<readonly string[]> {
  const sources = new Map<string, string>();
  const all: { file: string; mutant: Mutant }[] = [];
  for (const file of place.files.filter((name) => !leftOut.has(name) && (values.file?.includes(name) ?? true))) {
    const source = await place.read(file);
    sources.set(file, source);
    all.push(...mutantsOf(source).map((mutant) => ({ file, mutant })));
  }
  const chosen = all.filter(({ mutant }, at) => at % Number(values.every) === 0 && !harmless(mutant));
  const unnoticed: string[] = [];
  for (const [at, { file, mutant }] of chosen.entries()) {
    const source = sources.get(file) ?? '';
    await place.write(file, mutated(source, mutant));
    const isNoticed = !(await place.pass(...tables)) || !(await place.pass());
    await place.write(file, source);
    const what = `${file}:${mutant.line} ${mutant.before.trim()} → ${mutant.after.trim()}`;
    if (!isNoticed) unnoticed.push(what);
    process.stdout.write(`${at + 1}/${chosen.length} ${isNoticed ? 'noticed' : 'NOT NOTICED'} ${what}\n`);
  }
  return unnoticed;
}
