import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { readWord } from './workers/link.ts';

/**
 * Runs `stop` at the first SIGTERM or SIGINT and then lets the process end: 0 when all went well, 1 otherwise.
 * A second signal ends it at once, after `kill`.
 */
export function stopOnSignals(stop: () => Promise<void>, log: Logger, kill: () => void = () => undefined): void {
  const begin = once(stop, log);
  const onSignal = (signal: NodeJS.Signals): void => {
    if (begin(signal)) return;
    kill();
    process.exit(1);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/**
 * For a worker: stops when the primary says so. A terminal and some process managers signal the whole group, and then
 * the primary: SIGINT is left to the primary, and being told twice changes nothing.
 */
export function stopWithPrimary(stop: () => Promise<void>, log: Logger): void {
  const begin = once(stop, log);
  process.on('message', (message) => {
    if (readWord(message)?.gatehouse === 'stop') begin('primary');
  });
  process.on('SIGTERM', (signal) => begin(signal));
  process.on('SIGINT', () => undefined);
}

/**
 * Not ready any more, but serving for `delayS`: a proxy learns from `/readyz` that it should send people elsewhere,
 * and what it still sends is answered.
 */
export async function lameDuck(probes: { drain(): void }, delayS: number): Promise<void> {
  probes.drain();
  if (delayS > 0) await pause(delayS * 1000);
}

/** False from the second time on. */
function once(stop: () => Promise<void>, log: Logger): (toldBy: string) => boolean {
  let isStopping = false;
  return (toldBy) => {
    if (isStopping) return false;
    isStopping = true;
    log.info({ toldBy }, 'stopping');
    stop().then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
    return true;
  };
}
