import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { commandGroups } from '../src/command-groups.ts';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

/** `gatehouse <words>`, as a program of its own. */
function gatehouse(...words: string[]) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', cli, ...words],
    {
      encoding: 'utf8',
    },
  );
  return { stdout, stderr, status };
}

describe('gatehouse', () => {
  it.each(commandGroups.map((group) => [Object.keys(group.commands).join(', '), group] as const))(
    'lists %s as their rooms describe them',
    async (_, { commands, add }) => {
      const program = new Command();
      await add(program);
      const described = program.commands.map((command) => [command.name(), command.description()]);
      expect(Object.fromEntries(described)).toEqual(commands);
    },
  );

  it('helps with all commands, and with one', () => {
    const all = gatehouse('--help');
    expect(all.status).toBe(0);
    for (const name of commandGroups.flatMap(({ commands }) => Object.keys(commands))) {
      expect(all.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    for (const words of [
      ['help', 'user'],
      ['user', '--help'],
    ]) {
      expect(gatehouse(...words)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/invite \[options\] <realm>/),
      });
    }
  });

  it('tells wrong usage by exit code 2, and what was probably meant', () => {
    expect(gatehouse('usr', 'list')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Did you mean user?'),
    });
    expect(gatehouse('user', 'list')).toMatchObject({ status: 2, stderr: expect.stringContaining('realm') });
    expect(gatehouse('constructor')).toMatchObject({ status: 2, stderr: expect.stringContaining('unknown command') });
  });
});
