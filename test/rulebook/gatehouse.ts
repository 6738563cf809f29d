import { policyCommandsOf } from '../../src/policy-commands.ts';
import { policyCommands } from '../../src/rulebook/commands.ts';
import type { RunningApp } from '../support/app.ts';
import { runCommands } from '../support/run-commands.ts';

/** `gatehouse policy <words>`: what it printed, and its exit code. */
export async function policy({ app, clock }: Pick<RunningApp, 'app' | 'clock'>, ...words: string[]) {
  let closed = 0;
  const close = async () => {
    closed += 1;
  };
  const context = { ...policyCommandsOf(app, undefined, clock), close };
  const ran = await runCommands((program) => policyCommands(program, async () => context), ['policy', ...words]);
  expect(closed).toBe(1);
  return ran;
}
