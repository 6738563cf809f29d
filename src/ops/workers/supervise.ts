import cluster, { type Worker as ClusterWorker } from 'node:cluster';
import type { Logger } from 'pino';
import { askWorkers, tellWorker } from './link.ts';
import { quickDeathMs, restartDelayMs } from './restart-delay.ts';

export interface Supervised {
  /** True once all serve for the first time. False: the first ended before it served, so none was started. */
  readonly begun: Promise<boolean>;
  /** What the workers answer (`answerPrimary`); the ones that do not, in time, are left out. */
  ask(patienceMs: number): Promise<readonly unknown[]>;
  /** How many died and were replaced, or will be. */
  readonly deaths: number;
  /** Tells all to finish what is under way; cuts off what still runs after `patienceMs`. */
  stop(patienceMs: number): Promise<{ readonly wasCutOff: boolean }>;
  /** Ends all of them at once. */
  kill(): void;
}

/** The first of them: what must be done once per machine is done by it (`process.argv` holds this). */
export const firstWorkerFlag = '--first-worker';

/**
 * Runs `count` processes of this program that share its port. The first is started alone, since it may migrate the
 * database, and since what keeps it from serving (a setting, a realm file) would keep all. A dead one is replaced.
 */
export function superviseWorkers(given: {
  readonly count: number;
  readonly log: Logger;
  /** For tests. */
  readonly delayMs?: (quickDeaths: number) => number;
}): Supervised {
  const { count, log, delayMs = restartDelayMs } = given;
  const living = new Map<number, ClusterWorker>();
  const timers = new Set<NodeJS.Timeout>();
  const begun = Promise.withResolvers<boolean>();
  const ended = Promise.withResolvers<void>();
  const serving = new Set<number>();
  let hasBegun = false;
  let isStopping = false;
  let deaths = 0;
  let questions = 0;

  function start(slot: number, quickDeaths: number): void {
    cluster.setupPrimary({ args: slot === 0 ? [firstWorkerFlag] : [] });
    const worker = cluster.fork();
    const startedAt = performance.now();
    living.set(slot, worker);
    worker.once('listening', () => onListening(slot));
    worker.once('exit', (exitCode: number | null, signal: string | null) => {
      living.delete(slot);
      const isQuick = performance.now() - startedAt < quickDeathMs;
      onExit(slot, isQuick ? quickDeaths + 1 : 0, { exitCode, signal, pid: worker.process.pid });
    });
  }

  function onListening(slot: number): void {
    const isFirst = serving.size === 0;
    serving.add(slot);
    if (isFirst) for (let next = 1; next < count; next += 1) start(next, 0);
    if (serving.size < count || hasBegun) return;
    hasBegun = true;
    begun.resolve(true);
  }

  function onExit(slot: number, quickDeaths: number, how: object): void {
    if (isStopping) {
      if (living.size === 0) ended.resolve();
      return;
    }
    if (serving.size === 0) {
      begun.resolve(false);
      return;
    }
    deaths += 1;
    const wait = delayMs(quickDeaths);
    log.error({ ...how, slot, restartMs: wait }, 'a worker died; it will be replaced');
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(slot, quickDeaths);
    }, wait);
    timers.add(timer);
  }

  const kill = () => {
    for (const worker of living.values()) worker.process.kill('SIGKILL');
  };

  // Workers take connections from the socket themselves. Were they handed out by the primary (node's default), one that
  // was on its way to a worker that just died would hang for ever: tried.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  start(0, 0);
  return {
    begun: begun.promise,
    get deaths() {
      return deaths;
    },
    ask(patienceMs) {
      questions += 1;
      return askWorkers([...living.values()], questions, patienceMs);
    },
    async stop(patienceMs) {
      isStopping = true;
      for (const timer of timers) clearTimeout(timer);
      if (living.size === 0) return { wasCutOff: false };
      for (const worker of living.values()) tellWorker(worker, { gatehouse: 'stop' });
      let wasCutOff = false;
      const cut = setTimeout(() => {
        wasCutOff = true;
        kill();
      }, patienceMs);
      await ended.promise;
      clearTimeout(cut);
      return { wasCutOff };
    },
    kill,
  };
}
