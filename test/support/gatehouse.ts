import { commandGroups, type Open } from '../../src/command-groups.ts';
import type { RunningApp } from './app.ts';
import { codeOfMisuse, runCommands } from './run-commands.ts';

/** `gatehouse <words>` on the running product's own rooms: what it printed, and its exit code. */
export async function gatehouseOn({ app }: Pick<RunningApp, 'app'>, ...words: string[]) {
  const open: Open = async (choose) => ({
    ...choose(app, 'development'),
    realmLike: async () => undefined,
    portalLike: async () => undefined,
    organizationLike: async () => undefined,
    close: async () => {},
  });
  const group = commandGroups.find(({ commands }) => Object.hasOwn(commands, words[0] ?? ''));
  return runCommands((program) => group?.add(program, open), words, codeOfMisuse);
}
