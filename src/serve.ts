import cluster from 'node:cluster';
import { stat } from 'node:fs/promises';
import type { App } from './app.ts';
import { type Config, loadKeyring } from './config/index.ts';
import { systemClock } from './kernel/index.ts';
import { listenFault } from './listen-fault.ts';
import {
  answerPrimary,
  createLog,
  firstWorkerFlag,
  lameDuck,
  openTelemetry,
  type RunningServer,
  serveMetrics,
  startServer,
  stopOnSignals,
  stopWithPrimary,
} from './ops/index.ts';
import type { FileFault } from './realm/index.ts';
import { openStore } from './store/index.ts';

/** `refused`: it does not start, for these reasons, each a sentence. */
export type Served = { readonly ok: true } | { readonly ok: false; readonly faults: readonly string[] };

export const logLevelOf = ({ logLevel, mode }: Pick<Config, 'logLevel' | 'mode'>): string =>
  logLevel ?? (mode === 'development' ? 'warn' : 'info');

/** Seconds between a red `/readyz` and the end of taking connections. */
export const stopDelayOf = ({ stopDelayS, mode }: Pick<Config, 'stopDelayS' | 'mode'>): number =>
  stopDelayS ?? (mode === 'development' ? 0 : 5);

/** One serving process: the only one, or a worker that shares the port with others. Stops when it is told to. */
export async function serve(config: Config): Promise<Served> {
  const { host, port } = config;
  const log = createLog({ level: logLevelOf(config) });
  // Told to stop before there is anything to stop: then the process just ends.
  let stop = async () => {};
  if (cluster.isWorker) stopWithPrimary(() => stop(), log);
  else stopOnSignals(() => stop(), log);

  const isDevelopment = config.mode === 'development';
  const demoOrigin = isDevelopment ? `http://localhost:${config.demoPort}` : undefined;
  const keyring = loadKeyring(config);
  // On a thread of its own, while the rooms load. A failure is thrown where it is waited for.
  const opening = openStore({
    ...{ database: config.database ?? '', dataDir: config.data },
    ...{ keyring, clock: systemClock, log },
  });
  opening.catch(() => {});
  const { createApp } = await import('./app.ts');
  const telemetry = await openTelemetry({ hasMetrics: config.metricsPort !== undefined, tracesUrl: config.tracesUrl });
  const { metrics } = telemetry;
  const app = await createApp({
    config,
    ...{ keyring, clock: systemClock, log, telemetry },
    opened: await opening,
    ...(demoOrigin === undefined ? {} : { demoOrigin }),
  });
  const apply = async () => {
    const faults = await applyRealms(app, config);
    // In production one bad file must not keep the realms that are in force from serving.
    if (!isDevelopment) for (const fault of faults) log.error(fault);
    return faults;
  };
  // Other workers begin when the first one listens, and should find its files applied.
  const isAnsweringFirst = !isDevelopment && !cluster.isWorker;
  const ready = isAnsweringFirst ? app.probes.hold() : undefined;
  const faults = isAnsweringFirst ? [] : await apply();
  if (faults.length > 0 && isDevelopment) {
    await app.stop();
    return { ok: false, faults };
  }

  await app.start();
  const servers: RunningServer[] = [];
  const close = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await app.stop();
    await telemetry.stop();
  };
  // Ready for the primary's questions before it hears that this worker listens.
  if (cluster.isWorker && metrics !== undefined) answerPrimary(() => metrics.asJson());
  try {
    servers.push(await startServer({ handler: app.handler, host, port }));
    if (!cluster.isWorker && metrics !== undefined && config.metricsPort !== undefined) {
      servers.push(await serveMetrics({ host, port: config.metricsPort, read: () => metrics.text(), log }));
    }
    // The demo portals keep their visitors in memory, so one process has them all.
    if (demoOrigin !== undefined && (!cluster.isWorker || process.argv.includes(firstWorkerFlag))) {
      const { startDemo } = await import('./serve-demo.ts');
      servers.push(await startDemo({ app, host, port: config.demoPort, demoOrigin, log }));
    }
  } catch (error) {
    const fault = error instanceof Error ? listenFault(error, config) : undefined;
    if (fault === undefined) throw error;
    await close();
    return { ok: false, faults: [fault] };
  }
  stop = async () => {
    await lameDuck(app.probes, stopDelayOf(config));
    await close();
  };
  // What is in force is served meanwhile, as other nodes serve it; `/readyz` waits for the files.
  if (isAnsweringFirst) await apply();
  ready?.();
  log.info({ origin: config.origin, address: servers[0]?.address, mode: config.mode }, 'serving');
  return { ok: true };
}

/** What is wrong with the realm files, in sentences with file and line. */
async function applyRealms({ realms }: App, config: Config): Promise<readonly string[]> {
  const found = await stat(config.realms).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    return [`GATEHOUSE_REALMS (${config.realms}) is no directory: make it, or set the one with the realm files.`];
  }
  const { applyDirectory } = await import('./realm/index.ts');
  const reports = await applyDirectory(realms, config.realms, { actor: { kind: 'system' } });
  const sentence = (file: string, { line, path, message }: FileFault) =>
    `${file}:${line}: ${path === '' ? '' : `${path} `}${message}`;
  return reports.flatMap(({ file, report }) => (report.ok ? [] : report.faults.map((fault) => sentence(file, fault))));
}
