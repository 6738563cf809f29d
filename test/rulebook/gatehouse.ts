import { Command } from 'commander';
import { policyCommandsOf } from '../../src/policy-commands.ts';
import { policyCommands } from '../../src/rulebook/commands.ts';
import type { RunningApp } from '../support/app.ts';

/** `gatehouse policy <words>`: what it printed, and its exit code. */
export async function policy({ app, clock }: Pick<RunningApp, 'app' | 'clock'>, ...words: string[]) {
  let [out, err] = ['', ''];
  const program = new Command('gatehouse').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  let closed = 0;
  policyCommands(program, async () => ({
    ...policyCommandsOf(app, undefined, clock),
    close: async () => {
      closed += 1;
    },
  }));
  process.exitCode = 0;
  await program.parseAsync(['policy', ...words], { from: 'user' });
  const code = process.exitCode;
  process.exitCode = 0;
  expect(closed).toBe(1);
  return { out, err, code };
}
