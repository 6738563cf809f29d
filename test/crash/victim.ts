import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { loadKeyring, readConfig } from '../../src/config/index.ts';
import { freePort } from '../support/free-port.ts';

const program = fileURLToPath(new URL('../../bin/server.js', import.meta.url));
const cli = fileURLToPath(new URL('../../bin/gatehouse.js', import.meta.url));
const clock = fileURLToPath(new URL('./set-clock.ts', import.meta.url));

/** The product as `npm start` runs it, to be killed and started again on the same files. */
export interface Victim {
  readonly origin: string;
  readonly dataDir: string;
  /** Its log, since its last start. */
  said(): string;
  /** By its own clock. */
  now(): number;
  /** Until it serves; returns after how many milliseconds. Throws what it said when it does not. */
  start(): Promise<number>;
  setAhead(ms: number): Promise<void>;
  /** `kill -9`. Resolves when it is dead. */
  kill(): Promise<void>;
  /** `gatehouse <words>` beside it: its exit code and what it printed. */
  gatehouse(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }>;
  /** What `PRAGMA integrity_check` says of the file it left; of another database nothing is asked. */
  integrity(): string;
  /** The rooms on its database, in this process, beside it. */
  look<R>(act: (app: App) => Promise<R>): Promise<R>;
  remove(): Promise<void>;
}

/** `dataDir`: where its database is, when not with everything else in a directory of its own. `database`: `mongodb://…` */
export async function aVictim(
  realmFile: string,
  given: { readonly dataDir?: string; readonly database?: string } = {},
): Promise<Victim> {
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-crash-'));
  const [dataDir, realms] = [given.dataDir ?? join(home, 'data'), join(home, 'realms')];
  await mkdir(realms);
  await writeFile(join(realms, 'crash.yaml'), realmFile);
  const [port, demoPort] = [await freePort(), await freePort()];
  const origin = `http://localhost:${port}`;
  const settings = {
    GATEHOUSE_ORIGIN: origin,
    GATEHOUSE_PORT: String(port),
    GATEHOUSE_DEMO_PORT: String(demoPort),
    GATEHOUSE_DATA: dataDir,
    GATEHOUSE_REALMS: realms,
    ...(given.database === undefined ? {} : { GATEHOUSE_DATABASE: given.database }),
  };
  let child: ChildProcess | undefined;
  let aheadMs = 0;
  let said = '';

  async function tellAhead(): Promise<void> {
    if (child === undefined) return;
    const heard = once(child, 'message');
    child.send({ aheadMs });
    await heard;
  }

  return {
    ...{ origin, dataDir },
    said: () => said,
    now: () => Date.now() + aheadMs,
    async start() {
      const begun = performance.now();
      const started = fork(program, [], {
        execArgv: ['--disable-warning=ExperimentalWarning', '--import', clock],
        env: { ...process.env, ...settings },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      child = started;
      await tellAhead();
      said = '';
      await new Promise<void>((resolve, reject) => {
        const hear = (text: Buffer) => {
          said += text.toString();
          if (said.includes('Gatehouse is running')) resolve();
        };
        started.stdout?.on('data', hear);
        started.stderr?.on('data', hear);
        started.once('exit', () => reject(new Error(`it does not serve: ${said}`)));
      });
      return performance.now() - begun;
    },
    async setAhead(ms) {
      aheadMs = ms;
      await tellAhead();
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    gatehouse: (...words) =>
      new Promise((resolve) => {
        const env = { ...process.env, ...settings };
        const given = ['--disable-warning=ExperimentalWarning', cli, ...words];
        execFile(process.execPath, given, { env }, (error, out, err) =>
          resolve({ code: error === null ? 0 : Number(error.code), out: out + err }),
        );
      }),
    integrity() {
      if (given.database !== undefined) return 'ok';
      const db = new DatabaseSync(join(dataDir, 'gatehouse.db'), { timeout: 5_000 });
      const rows = db.prepare('PRAGMA integrity_check').all();
      db.close();
      return rows.map((row) => row['integrity_check']).join(', ');
    },
    async look(act) {
      const read = readConfig(settings);
      if (!read.ok) throw new Error(read.faults.join('\n'));
      const { config } = read;
      const time = { now: () => new Date(Date.now() + aheadMs) };
      const keyring = loadKeyring(config);
      const log = pino({ level: 'silent' });
      const app = await createApp({ config, keyring, clock: time, log, bootstraps: false });
      try {
        return await act(app);
      } finally {
        await app.store.close();
      }
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
