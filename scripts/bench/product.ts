import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { entries } from '../../src/config/index.ts';
import { realmFile, realmId } from './bench-realm.ts';
import type { Setting } from './options.ts';
import type { Seeded } from './seed.ts';
import type { ServerProgram } from './server-process.ts';
import { discoveryPath, proxyHeaders, type Target } from './target.ts';

export interface Prepared {
  readonly program: ServerProgram;
  readonly target: Target;
}

/** What makes a setting that this product does not have a refusal instead of a crash. */
export class NotMeasurable extends Error {}

const run = promisify(execFile);
const root = new URL('../../', import.meta.url);
const main = fileURLToPath(new URL('bin/server.js', root));
const seedProgram = fileURLToPath(new URL('./seed.ts', import.meta.url));
const origin = 'https://id.bench.example';
const issuer = `${origin}/realms/${realmId}`;
const workersSetting = 'GATEHOUSE_WORKERS';

/** As the image and docs/operations.md have it: what glibc does with the memory of hashes. */
export const memorySettings = {
  MALLOC_ARENA_MAX: '1',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8388608',
};

/** Gatehouse as operators run it: production mode, behind a proxy that ends TLS. */
export class Product {
  readonly #home: string;
  readonly #mongoUri: () => Promise<string>;
  readonly #seeded = new Map<string, Seeded>();

  private constructor(home: string, mongoUri: () => Promise<string>) {
    this.#home = home;
    this.#mongoUri = mongoUri;
  }

  /** `mongoUri`: asked for when needed first; without a database name. */
  static async create(mongoUri: () => Promise<string>): Promise<Product> {
    const home = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
    await mkdir(join(home, 'realms'));
    await writeFile(join(home, 'realms', `${realmId}.yaml`), realmFile);
    await writeFile(join(home, 'keys'), `bench:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    return new Product(home, mongoUri);
  }

  /** The people are made once for each database. Throws `NotMeasurable`. */
  async prepare(setting: Setting): Promise<Prepared> {
    const names = Object.values(entries).map(({ name }): string => name);
    if (setting.workers > 1 && !names.includes(workersSetting))
      throw new NotMeasurable(`${workersSetting} is not a setting of this version: one worker only`);
    const port = await freePort();
    const env = { ...(await this.#environment(setting)), GATEHOUSE_PORT: String(port) };
    const seeded = await this.#seed(setting, env);
    return {
      program: {
        nodeOptions: startOptions(),
        ...{ file: main, port, path: discoveryPath(issuer), headers: proxyHeaders(issuer) },
        env: setting.workers > 1 ? { ...env, [workersSetting]: String(setting.workers) } : env,
      },
      target: { port, issuer, ...seeded, people: setting.people },
    };
  }

  async remove(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }

  async #environment({ engine, people }: Setting): Promise<Record<string, string>> {
    return {
      GATEHOUSE_MODE: 'production',
      ...memorySettings,
      GATEHOUSE_ORIGIN: origin,
      // All load comes from one address.
      GATEHOUSE_STARTS_PER_MINUTE: '1000000',
      // No proxy has to learn that it goes.
      GATEHOUSE_STOP_DELAY: '0',
      GATEHOUSE_DATA: join(this.#home, `${engine}-${people}`),
      GATEHOUSE_REALMS: join(this.#home, 'realms'),
      GATEHOUSE_KEYS: join(this.#home, 'keys'),
      GATEHOUSE_TRUST_PROXY: '127.0.0.1',
      // Nobody listens there: a sign-in sends no mail.
      GATEHOUSE_MAIL_URL: 'smtp://127.0.0.1:9',
      GATEHOUSE_MAIL_FROM: 'Bench <no-reply@bench.example>',
      ...(engine === 'mongodb' ? { GATEHOUSE_DATABASE: `${await this.#mongoUri()}bench-${people}` } : {}),
    };
  }

  async #seed({ engine, people }: Setting, env: Record<string, string>): Promise<Seeded> {
    const name = `${engine}-${people}`;
    const known = this.#seeded.get(name);
    if (known !== undefined) return known;
    const { stdout } = await run(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', seedProgram, String(people)],
      { env: { PATH: process.env['PATH'] ?? '', ...env } },
    );
    const seeded = JSON.parse(stdout) as Seeded;
    this.#seeded.set(name, seeded);
    return seeded;
  }
}

/** The flags that `npm start` gives to Node. */
function startOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return (scripts['start'] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
