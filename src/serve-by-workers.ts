import type { Config } from './config/index.ts';
import {
  createLog,
  joinMetrics,
  type RunningServer,
  serveMetrics,
  stopOnSignals,
  superviseWorkers,
} from './ops/index.ts';
import { logLevelOf, stopDelayOf } from './serve.ts';

/** A worker that does not answer in this time (busy, starting) is left out of the figures. */
const patienceMs = 2_000;
/** Beyond the lame-duck delay: requests under way 10 s, messages being sent 8 s, and some. */
const graceMs = 25_000;

/** Serves with several processes on one port; this one keeps them alive. False: the first did not start, and said why. */
export async function serveByWorkers(config: Config): Promise<boolean> {
  const { host, workers: count, metricsPort } = config;
  const log = createLog({ level: logLevelOf(config) });
  const workers = superviseWorkers({ count, log });
  let metrics: RunningServer | undefined;
  const stop = async () => {
    const { wasCutOff } = await workers.stop(stopDelayOf(config) * 1000 + graceMs);
    await metrics?.stop();
    if (wasCutOff) throw new Error('a worker did not stop in time');
  };
  stopOnSignals(stop, log, () => workers.kill());
  if (!(await workers.begun)) return false;
  if (metricsPort !== undefined) {
    const read = async () => joinMetrics(await workers.ask(patienceMs), { wanted: count, deaths: workers.deaths });
    metrics = await serveMetrics({ host, port: metricsPort, read, log });
  }
  return true;
}
