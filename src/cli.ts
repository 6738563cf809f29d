/** `gatehouse <command>`: what operators and scripts do. Exit code 0: done; 1: refused; 2: wrong usage. */

import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { endWithReader } from './closed-pipe.ts';
import { commandGroups } from './command-groups.ts';

endWithReader(process.stdout, () => process.exit());

const program = new Command('gatehouse')
  .description('An OpenID Connect identity provider. Works on the same settings (GATEHOUSE_…) as the server.')
  .version(versionOf())
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'gatehouse: ')) });

try {
  await addCommands();
  sayWhereHelpIs(program, program.name());
  await program.parseAsync();
} catch (error) {
  process.exitCode = await exitCodeOf(error);
}

/** Those of the group that is asked for; of all others, and where none is, the names: nothing is loaded for them. */
async function addCommands(): Promise<void> {
  const [first, second] = process.argv.slice(2).filter((word) => !word.startsWith('-'));
  const asked = first === 'help' ? second : first;
  for (const { commands, add } of commandGroups) {
    if (asked !== undefined && Object.hasOwn(commands, asked)) await add(program);
    else for (const [name, about] of Object.entries(commands)) program.command(name).description(about);
  }
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}

function sayWhereHelpIs(command: InstanceType<typeof Command>, words: string): void {
  command.showHelpAfterError(`see \`${words} --help\``);
  for (const each of command.commands) sayWhereHelpIs(each, `${words} ${each.name()}`);
}

async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { GatehouseError } = await import('./kernel/index.ts');
  const { SettingsRefused } = await import('./open-for-command.ts');
  const isExpected = error instanceof SettingsRefused || error instanceof GatehouseError;
  const says = isExpected ? error.message : String(error instanceof Error ? error.stack : error);
  const isAway = error instanceof GatehouseError && error.code === 'unavailable';
  const lines = [...says.split('\n'), ...(isAway ? ['`gatehouse doctor` says what is wrong with it'] : [])];
  process.stderr.write(lines.map((line) => `gatehouse: ${line}\n`).join(''));
  return 1;
}
