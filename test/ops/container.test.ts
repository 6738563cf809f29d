import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { memorySettings } from '../../scripts/bench/product.ts';
import { newKeyLine, readConfig } from '../../src/config/index.ts';
import { MailServer } from '../support/mail.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const textOf = (file: string) => readFile(join(root, file), 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of the Dockerfile, lines joined, comments left out. */
async function instructions(): Promise<readonly Instruction[]> {
  const text = (await textOf('Dockerfile')).replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /^(?<name>[A-Z]+) (?<rest>.*)$/.exec(line.trim())?.groups as unknown as Instruction);
}

/** Paths that are copied from the project: [from, to]. */
async function copied(): Promise<readonly (readonly [string, string])[]> {
  const copies = (await instructions()).filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'));
  return copies.flatMap(({ rest }) => {
    const words = rest.split(' ');
    const target = words.at(-1) ?? '';
    return words.slice(0, -1).map((from) => [from, target.endsWith('/') ? join(target, from) : target] as const);
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(join(root, path)).then(
    () => true,
    () => false,
  );
}

describe('the container image', () => {
  it('copies only what is there, and what .dockerignore lets through', async () => {
    const ignored = (await textOf('.dockerignore')).split('\n');
    for (const [from] of await copied()) {
      expect([from, await isThere(from)]).toEqual([from, true]);
      expect(ignored).toContain(`!${from}`);
    }
  });

  it('runs as nobody in particular, in production, watched, and stops on SIGTERM', async () => {
    const all = await instructions();
    const last = (wanted: string) => all.findLast(({ name }) => name === wanted)?.rest;
    expect(last('USER')).toBe('node');
    expect(last('ENV')).toContain('GATEHOUSE_MODE=production');
    expect(last('HEALTHCHECK')).toContain('/healthz');
    expect(last('STOPSIGNAL')).toBe('SIGTERM');
    for (const [name, value] of Object.entries(memorySettings)) expect(last('ENV')).toContain(`${name}=${value}`);
    // The form without a shell: node itself is told to stop.
    const { scripts } = JSON.parse(await textOf('package.json')) as { scripts: { start: string } };
    expect((JSON.parse(last('CMD') ?? '') as string[]).join(' ')).toBe(scripts.start);
  });

  it('has the memory settings that workers get of a server that was started without', async () => {
    const told = async (env: Readonly<Record<string, string>>) => {
      const program = `import { spareThreads } from './bin/spare-threads.js';
        spareThreads();
        process.stdout.write(JSON.stringify(process.env));`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: root, env });
      return JSON.parse(stdout) as Readonly<Record<string, string>>;
    };
    const modes = await readFile('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').catch(() => '[never]');
    const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
    const isAsked = modes.includes('[madvise]') && Number(header.glibcVersionRuntime ?? 0) >= 2.35;
    const { GLIBC_TUNABLES, ...others } = memorySettings;
    const workers = await told({ GATEHOUSE_WORKERS: '2' });
    expect(workers).toMatchObject(others);
    expect(workers['GLIBC_TUNABLES']).toBe(modes.includes('[always]') || isAsked ? GLIBC_TUNABLES : undefined);
    expect(await told({})).not.toHaveProperty('GLIBC_TUNABLES');
    const own = {
      GATEHOUSE_WORKERS: '2',
      MALLOC_ARENA_MAX: '3',
      GLIBC_TUNABLES: 'glibc.malloc.check=0',
      UV_THREADPOOL_SIZE: '9',
    };
    expect(await told(own)).toMatchObject(own);
  });

  describe('with production packages only', () => {
    let image: string;
    let mail: MailServer;
    let child: ChildProcess | undefined;

    beforeAll(async () => {
      image = await mkdtemp(join(tmpdir(), 'gatehouse-image-'));
      mail = await MailServer.start();
      for (const [from, to] of await copied()) {
        await mkdir(dirname(join(image, to)), { recursive: true });
        await cp(join(root, from), join(image, to), { recursive: true });
      }
      await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
        cwd: image,
      });
      await mkdir(join(image, 'realms'));
      await writeFile(join(image, 'gatehouse.keys'), `${newKeyLine('key-1')}\n`, { mode: 0o600 });
    });
    afterAll(async () => {
      child?.kill('SIGKILL');
      await mail.down();
      await rm(image, { recursive: true, force: true });
    });

    it('starts with its own command, serves, turns red when told to stop, and exits 0', async () => {
      const command = (await instructions()).findLast(({ name }) => name === 'CMD')?.rest ?? '[]';
      const [, ...given] = JSON.parse(command) as string[];
      child = spawn(process.execPath, given, {
        cwd: image,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          PATH: process.env.PATH,
          GATEHOUSE_MODE: 'production',
          GATEHOUSE_ORIGIN: 'https://id.example.test',
          GATEHOUSE_PORT: '0',
          GATEHOUSE_DATA: join(image, 'data'),
          GATEHOUSE_REALMS: join(image, 'realms'),
          GATEHOUSE_KEYS: join(image, 'gatehouse.keys'),
          GATEHOUSE_MAIL_URL: mail.url,
          GATEHOUSE_MAIL_FROM: 'no-reply@id.example.test',
          GATEHOUSE_METRICS_PORT: '0',
          GATEHOUSE_TRACES_URL: 'http://127.0.0.1:9/v1/traces',
          GATEHOUSE_STOP_DELAY: '2',
        },
      });
      const exited = once(child, 'exit');
      let address = '';
      for await (const line of createInterface(child.stdout as NodeJS.ReadableStream)) {
        const said = JSON.parse(line) as { msg: string; address?: string };
        if (said.msg === 'serving') {
          address = said.address ?? '';
          expect((await fetch(`${address}/healthz`)).status).toBe(200);
          expect((await fetch(`${address}/readyz`)).status).toBe(200);
          child.kill('SIGTERM');
        }
        if (said.msg === 'stopping') expect((await fetch(`${address}/readyz`)).status).toBe(503);
      }
      expect(await exited).toEqual([0, null]);
      expect(address).not.toBe('');
    });
  });
});

describe('compose.yaml', () => {
  interface Service {
    readonly environment?: Readonly<Record<string, string>>;
    readonly networks?: unknown;
    readonly depends_on?: unknown;
    readonly volumes?: readonly string[];
    readonly secrets?: readonly string[];
  }
  interface Compose {
    readonly services: Readonly<Record<string, Service>>;
    readonly networks: object;
    readonly volumes: object;
    readonly secrets: object;
    readonly configs: { readonly caddyfile: { readonly content: string } };
  }
  const read = async () => parse(await textOf('compose.yaml'), { merge: true }) as Compose;
  const names = (of: unknown) => (Array.isArray(of) ? (of as string[]) : Object.keys(of ?? {}));

  it('names only services, networks, volumes and secrets that it has', async () => {
    const compose = await read();
    for (const service of Object.values(compose.services)) {
      expect(names(compose.services)).toEqual(expect.arrayContaining(names(service.depends_on)));
      expect(names(compose.networks)).toEqual(expect.arrayContaining(names(service.networks)));
      expect(names(compose.secrets)).toEqual(expect.arrayContaining([...(service.secrets ?? [])]));
      const volumes = (service.volumes ?? [])
        .map((one) => one.split(':')[0] ?? '')
        .filter((one) => !one.startsWith('.'));
      expect(names(compose.volumes)).toEqual(expect.arrayContaining(volumes));
    }
  });

  it('gives both nodes settings that production accepts, and the proxy sends to both', async () => {
    const { services, configs } = await read();
    const home = await mkdtemp(join(tmpdir(), 'gatehouse-compose-'));
    const keys = join(home, 'gatehouse.keys');
    await writeFile(keys, `${newKeyLine('key-1')}\n`, { mode: 0o600 });
    const image = (await instructions()).findLast(({ name }) => name === 'ENV')?.rest ?? '';
    const preset = Object.fromEntries(image.split(/\s+/).map((pair) => pair.split('=') as [string, string]));
    for (const node of ['node1', 'node2']) {
      const settings = { ...preset, ...services[node]?.environment, GATEHOUSE_KEYS: keys };
      expect(readConfig(settings)).toMatchObject({ ok: true, config: { mode: 'production', workers: 2 } });
      expect(configs.caddyfile.content).toContain(`${node}:4000`);
    }
    await rm(home, { recursive: true });
  });
});
