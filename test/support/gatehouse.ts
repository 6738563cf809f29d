import { Command, CommanderError } from 'commander';
import { commandGroups, type Open } from '../../src/command-groups.ts';
import type { RunningApp } from './app.ts';

/** `gatehouse <words>` on the running product's own rooms: what it printed, and its exit code. */
export async function gatehouseOn({ app }: Pick<RunningApp, 'app'>, ...words: string[]) {
  const open: Open = async (choose) => ({
    ...choose(app, 'development'),
    realmLike: async () => undefined,
    close: async () => {},
  });
  let [out, err] = ['', ''];
  const program = new Command('gatehouse').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  const group = commandGroups.find(({ commands }) => Object.hasOwn(commands, words[0] ?? ''));
  await group?.add(program, open);
  process.exitCode = 0;
  await program.parseAsync(words, { from: 'user' }).catch((error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  });
  const code = process.exitCode;
  process.exitCode = 0;
  return { out, err, code };
}
