import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import mongoose from 'mongoose';
import { canRunMongo, startMongo } from '../scripts/mongodb-for-tests.ts';
import { commandGroups } from '../src/command-groups.ts';
import { newKeyLine } from '../src/config/index.ts';

const shippedRealm = fileURLToPath(new URL('../config/realms/plain.yaml', import.meta.url));
const cli = fileURLToPath(new URL('../bin/gatehouse.js', import.meta.url));

const gatehouse = (...words: string[]) => gatehouseIn(process.cwd(), ...words);
const node = ['--disable-warning=ExperimentalWarning', cli];

/** Makes a program say on stderr which files it loaded. */
const tellRooms = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module';
   registerHooks({ load: (url, context, next) => (process._rawDebug(url), next(url, context)) });`,
)}`;

/** `gatehouse <words>`, as a program of its own. */
function gatehouseIn(cwd: string, ...words: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...node, ...words], { encoding: 'utf8', cwd });
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

  it.each(commandGroups.flatMap(({ commands }) => Object.keys(commands)))('loads no room to help with %s', (name) => {
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', tellRooms, cli, name, '--help'],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('/src/cli.ts') });
    expect(stderr.match(/src\/(?!kernel|command-line)[\w-]+\/index\.ts|node_modules\/(zod|yaml|koa)\//g)).toBeNull();
  });

  it('tells wrong usage by exit code 2, and what was probably meant', () => {
    expect(gatehouse('usr', 'list')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Did you mean user?'),
    });
    expect(gatehouse('user', 'list')).toMatchObject({
      status: 2,
      stderr: "gatehouse: missing required argument 'realm'\nsee `gatehouse user list --help`\n",
    });
    expect(gatehouse('constructor')).toMatchObject({ status: 2, stderr: expect.stringContaining('unknown command') });
  });

  it('tells its version', () => {
    expect(gatehouse('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('tells every fault of the settings, and a database that is away, with what to do', async () => {
    const data = await mkdtemp(join(tmpdir(), 'gatehouse-settings-'));
    const run = (settings: Record<string, string>) =>
      spawnSync(process.execPath, [...node, 'user', 'list', 'web1'], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', GATEHOUSE_DATA: data, ...settings },
      });
    try {
      const faulty = run({ GATEHOUSE_PORT: 'many', GATEHOUSE_MOOD: 'good' });
      expect(faulty.status).toBe(1);
      expect(faulty.stderr.trimEnd().split('\n')).toEqual([
        expect.stringMatching(/^gatehouse: GATEHOUSE_MOOD is not a setting/),
        expect.stringMatching(/^gatehouse: GATEHOUSE_PORT must be/),
      ]);
      await writeFile(join(data, 'keys'), `${newKeyLine('key-1')}\n`, { mode: 0o600 });
      const away = run({ GATEHOUSE_DATABASE: 'mongodb://127.0.0.1:1/x', GATEHOUSE_KEYS: join(data, 'keys') });
      expect(away.status).toBe(1);
      expect(away.stderr).toMatch(/cannot be reached\ngatehouse: `gatehouse doctor` says what is wrong with it\n$/);
    } finally {
      await rm(data, { recursive: true });
    }
  });

  it('makes no database where there is none, and says what to do', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'gatehouse-elsewhere-'));
    try {
      for (const words of [
        ['user', 'list', 'web1'],
        ['realm', 'apply', 'realm.yaml'],
        ['backup', 'copy'],
      ]) {
        expect(gatehouseIn(elsewhere, ...words)).toMatchObject({
          status: 1,
          stdout: '',
          stderr: expect.stringMatching(/^gatehouse: there is no database in .*data: go to the directory/),
        });
      }
      expect(gatehouseIn(elsewhere, 'doctor').stdout).toContain('the first start makes it');
      expect(await readdir(elsewhere)).toEqual([]);
      expect(gatehouseIn(elsewhere, 'realm', 'apply', shippedRealm, '--create-database')).toMatchObject({ status: 0 });
      expect(gatehouseIn(elsewhere, 'user', 'list', 'plein')).toMatchObject({
        status: 1,
        stderr: 'gatehouse: there is no realm "plein"; did you mean "plain"?\n',
      });
      expect(gatehouseIn(elsewhere, 'portal', 'show', 'plain', 'plain-note').stderr).toBe(
        'gatehouse: realm "plain" has no portal "plain-note"; did you mean "plain-notes"?\n',
      );
      expect(gatehouseIn(elsewhere, 'org', 'add', 'plain', 'North').status).toBe(0);
      expect(gatehouseIn(elsewhere, 'org', 'add', 'plain', 'Client', '--below', 'North').status).toBe(0);
      expect(gatehouseIn(elsewhere, 'policy', 'show', 'plain', '--organization', 'client').stderr).toBe(
        'gatehouse: there is no organization "client" in "plain"; did you mean "North/Client"?\n',
      );
      expect(gatehouseIn(elsewhere, 'audit', 'list', 'plian').stderr).toContain('did you mean "plain"?');
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  (canRunMongo() ? it : it.skip)(
    'makes no database on a server either, where the name is mistyped',
    async () => {
      const data = await mkdtemp(join(tmpdir(), 'gatehouse-mistyped-'));
      const server = await startMongo();
      const keys = join(data, 'keys');
      const run = (...words: string[]) => {
        const database = `${server.uri}gatehose`;
        const env = { PATH: process.env['PATH'] ?? '', GATEHOUSE_DATABASE: database, GATEHOUSE_KEYS: keys };
        return spawnSync(process.execPath, [...node, ...words], { encoding: 'utf8', cwd: data, env });
      };
      try {
        await writeFile(keys, `${newKeyLine('key-1')}\n`, { mode: 0o600 });
        expect(run('user', 'list', 'plain')).toMatchObject({
          status: 1,
          stderr: expect.stringMatching(
            /^gatehouse: there is nothing of Gatehouse in the database "gatehose": look at/,
          ),
        });
        const seen = await mongoose.createConnection(server.uri).asPromise();
        const { databases } = await seen.listDatabases();
        await seen.close();
        expect(databases.map(({ name }) => name)).not.toContain('gatehose');
        expect(run('realm', 'apply', shippedRealm, '--create-database').status).toBe(0);
        expect(run('user', 'list', 'plain').status).toBe(0);
      } finally {
        await server.stop();
        await rm(data, { recursive: true });
      }
    },
    60_000,
  );
});
