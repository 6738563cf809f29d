import { Command } from 'commander';
import { realmCommands } from '../../src/realm/commands.ts';
import { type RealmAdmin } from '../../src/realm/index.ts';

/** `gatehouse <words>`: what it printed, and its exit code. */
export async function runGatehouse(realms: RealmAdmin, ...words: string[]) {
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
  realmCommands(program, async () => ({
    realms,
    close: async () => {
      closed += 1;
    },
  }));
  process.exitCode = 0;
  await program.parseAsync(words, { from: 'user' });
  const code = process.exitCode;
  process.exitCode = 0;
  expect(closed).toBe(1);
  return { out, err, code };
}
