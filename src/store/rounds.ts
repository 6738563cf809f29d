import type { Log } from './log.ts';

/** Work that is done again and again: every `everyMs`, and at once when woken; never twice at a time. */
export interface Rounds {
  start(): void;
  /** A round that begins within `afterMs`; one more when a round is under way. */
  wake(afterMs?: number): void;
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

export function createRounds(name: string, everyMs: number, round: () => Promise<void>, log: Log | undefined): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStarted = false;
  /** How long after the round under way, or from now, another one begins. */
  let wokenFor: number | undefined;

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(run, delayMs);
    timer.unref();
  }

  function run(): void {
    if (running !== undefined || !isStarted) return;
    wokenFor = undefined;
    running = round()
      .catch((error: unknown) =>
        log?.warn({ err: error, work: name }, 'background work failed; it will be tried again'),
      )
      .then(() => {
        running = undefined;
        if (isStarted) schedule(wokenFor ?? everyMs);
      });
  }

  return {
    start() {
      if (isStarted) return;
      isStarted = true;
      schedule(0);
    },
    wake(afterMs = 0) {
      if (!isStarted || (wokenFor !== undefined && wokenFor <= afterMs)) return;
      wokenFor = afterMs;
      if (running === undefined) schedule(afterMs);
    },
    async stop() {
      isStarted = false;
      clearTimeout(timer);
      await running;
    },
  };
}
