/**
 * A MongoDB-protocol server for tests: SecantusDB (PyPI, on WiredTiger), installed once into a virtual environment
 * outside the repository and started on a free port of 127.0.0.1. `node scripts/mongodb-for-tests.ts` runs one until
 * it is interrupted.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/support/free-port.ts';
import { hasPython, pythonPrograms } from './python-for-tests.ts';

export interface MongoForTests {
  /** Without a database name. */
  readonly uri: string;
  /** Ends the server, as an outage does. */
  halt(): Promise<void>;
  /** Starts it again, on the same port and data. */
  resume(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const requirement = 'SecantusDB==0.7.0b3';

/** False where there is no Python 3 to install it with. */
export function canRunMongo(): boolean {
  return hasPython();
}

/** Throws when it cannot be installed or does not listen. */
export async function startMongo(): Promise<MongoForTests> {
  const program = join(await pythonPrograms([requirement]), 'secantusd-py');
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-mongodb-'));
  const config = join(home, 'empty.toml');
  await writeFile(config, '');
  const port = await freePort();
  let server: Awaited<ReturnType<typeof listening>> | undefined = await listening(program, config, home, port);
  const halt = async () => {
    await server?.end();
    server = undefined;
  };
  return {
    uri: `mongodb://127.0.0.1:${port}/`,
    halt,
    async resume() {
      server ??= await listening(program, config, home, port);
    },
    async stop() {
      await halt();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function listening(program: string, config: string, home: string, port: number) {
  const python = join(program, '..', 'python3');
  const settings = [
    '--config',
    config,
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--storage-path',
    join(home, 'data'),
    '--sync-on-commit',
  ];
  // Through the interpreter: the program's own first line names the directory it was made in.
  const child = spawn(python, [program, ...settings], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/listening on 127\.0\.0\.1:\d+/.test(said)) resolve();
    });
    child.once('error', reject);
    void ended.then(() => reject(new Error(`the MongoDB server for tests ended: ${said.slice(-2_000)}`)));
  });
  return {
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

if (import.meta.main) {
  const server = await startMongo();
  console.log(server.uri);
  process.once('SIGINT', () => void server.stop());
  process.once('SIGTERM', () => void server.stop());
}
