import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { type Config, readConfig } from '../../src/config/index.ts';
import { codeAt, stepAt, totpDefaults } from '../../src/factors/index.ts';
import { startServer, type Telemetry } from '../../src/ops/index.ts';
import type { Hasher } from '../../src/people/index.ts';
import { applyDirectory } from '../../src/realm/index.ts';
import { startDemo } from '../../src/serve-demo.ts';
import type { SettableClock } from './clock.ts';
import { freePort } from './free-port.ts';
import { aKeyring } from './store.ts';

/** Two realms of tests' own: those that ship are there to be played, and change with what is played. */
const realmsForTests = fileURLToPath(new URL('realms', import.meta.url));

/** The realm files that ship. */
export const shippedRealms = fileURLToPath(new URL('../../config/realms', import.meta.url));

export interface RunningApp {
  readonly app: App;
  readonly clock: SettableClock;
  readonly config: Config;
  /** `http://localhost:41234` */
  readonly origin: string;
  readonly demoOrigin: string;
  readonly dataDir: string;
  /** Everything the log was told, as text. */
  log(): string;
  /** The code that an authenticator app shows for this secret, now. `steps`: later or earlier. */
  code(secret: string, steps?: number): string;
  close(): Promise<void>;
}

/**
 * The whole product, as `npm start` makes it, in this process: realms with demo portals, a fresh data directory, ports
 * chosen by the system. Time stands still until a test moves it, for oidc-provider and openid-client too, which ask
 * `Date` and not our clock.
 */
export async function runApp(
  given: {
    readonly env?: Readonly<Record<string, string>>;
    readonly realms?: string;
    readonly telemetry?: Telemetry;
    /** At another cost than production's. */
    readonly hasher?: Hasher;
  } = {},
): Promise<RunningApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-app-'));
  const clock = theTime();
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  // The ports are needed before anything listens: issuers and redirect addresses are made of them.
  const [port, demoPort] = [await freePort(), await freePort()];
  const origin = `http://localhost:${port}`;
  const demoOrigin = `http://localhost:${demoPort}`;
  const read = readConfig({
    GATEHOUSE_ORIGIN: origin,
    GATEHOUSE_PORT: String(port),
    GATEHOUSE_DEMO_PORT: String(demoPort),
    GATEHOUSE_DATA: dataDir,
    GATEHOUSE_REALMS: given.realms ?? realmsForTests,
    ...given.env,
  });
  if (!read.ok) throw new Error(read.faults.join('\n'));
  const { config } = read;
  const app = await createApp({
    ...{ config, keyring: aKeyring(), clock, log, demoOrigin },
    ...(given.telemetry === undefined ? {} : { telemetry: given.telemetry }),
    ...(given.hasher === undefined ? {} : { hasher: given.hasher }),
  });
  for (const { file, report } of await applyDirectory(app.realms, config.realms, { actor: { kind: 'system' } })) {
    if (!report.ok) throw new Error(`${file}: ${JSON.stringify(report.faults)}`);
  }
  const server = await startServer({ handler: app.handler, host: '127.0.0.1', port });
  const demo = await startDemo({ app, host: '127.0.0.1', port: demoPort, demoOrigin, log });
  return {
    ...{ app, clock, config, origin, demoOrigin, dataDir },
    log: () => lines.join(''),
    code: (secret, steps = 0) => codeAt({ secret, ...totpDefaults }, stepAt(totpDefaults, clock.now()) + steps),
    async close() {
      await Promise.all([server.stop(100), demo.stop(100)]);
      await app.stop();
      await rm(dataDir, { recursive: true, force: true });
      jest.useRealTimers();
    },
  };
}

function theTime(): SettableClock {
  // Date alone: timers and the event loop go on as ever.
  jest.useFakeTimers({
    now: Date.now(),
    doNotFake: [
      ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
      ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
    ],
  });
  const set = (to: Date | string) => {
    jest.setSystemTime(new Date(to));
  };
  return { now: () => new Date(), set, advance: (ms) => set(new Date(Date.now() + ms)) };
}
