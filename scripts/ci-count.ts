/**
 * Reads Jest's JSON reports for `.ci/run`. `files REPORT`: the test files that failed, a line each, where they are few
 * enough to be run once more. `count REPORT [AGAIN]`: what failed at first only, then "N passed, N failed" with the
 * second run's results in the place of the first's; exit code 1 when anything failed or nothing was run.
 */
import { readFileSync } from 'node:fs';

interface Suite {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
}

/** More files than these failing is no chance. */
const mostRunAgain = 3;

const [command, first = '', second = ''] = process.argv.slice(2);
const suites = read(first);
const failed = suites.filter(({ status }) => status === 'failed');

if (command === 'files') {
  if (failed.length <= mostRunAgain) for (const { name } of failed) console.log(name);
} else {
  const again = new Map(read(second).map((suite) => [suite.name, suite]));
  const final = suites.map((suite) => again.get(suite.name) ?? suite);
  for (const { name, assertionResults } of failed) {
    if (again.get(name)?.status !== 'passed') continue;
    const unsteady = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    console.log(`UNSTEADY, passed only when run again: ${name}\n  ${unsteady.join('\n  ') || 'the file itself'}`);
  }
  const count = (status: string) =>
    final.reduce((sum, suite) => sum + suite.assertionResults.filter((test) => test.status === status).length, 0);
  // A suite that does not even load has no tests to count: it counts as one failure.
  const broken = final.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0).length;
  const wrong = count('failed') + (suites.length === 0 ? 1 : broken);
  console.log(`${count('passed')} passed, ${wrong} failed`);
  process.exitCode = wrong > 0 || count('passed') === 0 ? 1 : 0;
}

/** None where the run did not get as far as a report. */
function read(file: string): readonly Suite[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly testResults: readonly Suite[] }).testResults;
  } catch {
    return [];
  }
}
