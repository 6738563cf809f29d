import { Command } from 'commander';
import { methodCommands } from '../../src/sign-in/commands.ts';
import type { RunningApp } from './app.ts';

/** `gatehouse method …` on what `app` serves: what it printed, and its exit code. */
export async function gatehouseMethod(
  { app, clock }: RunningApp,
  ...words: readonly string[]
): Promise<{ readonly out: string; readonly err: string; readonly code: string | number | undefined }> {
  let [out, err] = ['', ''];
  const program = new Command('gatehouse').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  methodCommands(program, async () => ({
    ...{ people: app.people, methods: app.factors.methods, removing: app.guards.removing, clock },
    hasRealm: async (id) => (await app.realms.get(id)) !== undefined,
    close: async () => {},
  }));
  process.exitCode = 0;
  await program.parseAsync(['method', ...words], { from: 'user' });
  const code = process.exitCode;
  process.exitCode = 0;
  return { out, err, code };
}
