import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startForeign } from '../../scripts/foreign-process.ts';
import { freePort } from '../support/free-port.ts';
import { type Person, people } from './person.ts';

const run = promisify(execFile);
const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Gatehouse in a process of its own, by the real time, as its operator runs it. */
export interface Product {
  readonly origin: string;
  readonly issuer: string;
  /** `gatehouse …` on its data; what it prints. Throws what it refuses. */
  gatehouse(...words: string[]): Promise<string>;
  /** Begins to serve; what was changed by then is in force. */
  start(): Promise<void>;
  /** Somebody with a password and an authenticator app, each time another: a code is good for one sign-in. */
  somebody(): Person;
  close(): Promise<void>;
}

/** A realm that asks everybody for a second factor, without portals. `allowOrigins`: local addresses it may call. */
export async function aProduct(allowOrigins: readonly string[]): Promise<Product> {
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-foreign-'));
  const realms = join(home, 'realms');
  const [port, demoPort] = [await freePort(), await freePort()];
  const origin = `http://localhost:${port}`;
  const env = {
    GATEHOUSE_ORIGIN: origin,
    GATEHOUSE_PORT: String(port),
    GATEHOUSE_DEMO_PORT: String(demoPort),
    GATEHOUSE_DATA: join(home, 'data'),
    GATEHOUSE_REALMS: realms,
    GATEHOUSE_ALLOW_ORIGINS: allowOrigins.join(','),
  };
  const unused = people(12);
  const policy = { secondFactor: 'required', methods: ['totp'] };
  await mkdir(realms);
  // JSON is YAML.
  const settings = JSON.stringify({ realm: 'harbour', name: 'Harbour', policy, people: unused });
  const file = join(realms, 'harbour.yaml');
  await writeFile(file, settings);
  const node = ['--disable-warning=ExperimentalWarning'];
  const gatehouse = async (...words: string[]) => {
    const { PATH = '', HOME = '' } = process.env;
    const done = await run(process.execPath, [...node, inProject('bin/gatehouse.js'), ...words], {
      env: { PATH, HOME, ...env },
    });
    return done.stdout;
  };
  await gatehouse('realm', 'apply', file, '--create-database');
  let server: Awaited<ReturnType<typeof startForeign>> | undefined;
  return {
    origin,
    issuer: `${origin}/realms/harbour`,
    gatehouse,
    async start() {
      const args = [...node, inProject('bin/server.js')];
      server = await startForeign({ program: process.execPath, args, env, serves: /Gatehouse is running/ });
    },
    somebody() {
      const person = unused.pop();
      if (person === undefined) throw new Error('everybody has signed in');
      return person;
    },
    async close() {
      await server?.end();
      await rm(home, { recursive: true, force: true });
    },
  };
}
