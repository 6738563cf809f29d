/**
 * Runs test files in a thread of their own, without Jest, whose start takes longer than the tests: hundreds of mutants
 * wait. Knows what tests of pure rooms use: `describe`, `it`, `it.each` of rows, `expect`. Ends with 0 when all
 * of them pass.
 */
import { workerData } from 'node:worker_threads';
import { expect } from 'expect';
import fc from 'fast-check';

type Test = () => unknown;
const tests: Test[] = [];

const it = (_name: string, test: Test) => tests.push(test);
it.each = (rows: readonly unknown[]) => (_name: string, test: (...row: unknown[]) => unknown) => {
  for (const row of rows) tests.push(() => (Array.isArray(row) ? test(...(row as unknown[])) : test(row)));
};
Object.assign(globalThis, { expect, it, describe: (_name: string, group: () => void) => group() });

// That a property fails is all there is to know.
fc.configureGlobal({ endOnFailure: true });

for (const file of workerData as readonly string[]) await import(file);
for (const test of tests) await test();
if (tests.length === 0) throw new Error('no test was found');
