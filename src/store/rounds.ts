import type { Log } from './log.ts';

/** Work that is done again and again: every `everyMs`, and at once when woken; never twice at a time. */
export interface Rounds {
  start(): void;
  /** A round that begins soon; one more when a round is under way. */
  wake(): void;
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

export function createRounds(name: string, everyMs: number, round: () => Promise<void>, log: Log | undefined): Rounds {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isStarted = false;
  let isWoken = false;

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(run, delayMs);
    timer.unref();
  }

  function run(): void {
    if (running !== undefined || !isStarted) return;
    isWoken = false;
    running = round()
      .catch((error: unknown) =>
        log?.warn({ err: error, work: name }, 'background work failed; it will be tried again'),
      )
      .then(() => {
        running = undefined;
        if (isStarted) schedule(isWoken ? 0 : everyMs);
      });
  }

  return {
    start() {
      if (isStarted) return;
      isStarted = true;
      schedule(0);
    },
    wake() {
      if (!isStarted || isWoken) return;
      isWoken = true;
      if (running === undefined) schedule(0);
    },
    async stop() {
      isStarted = false;
      clearTimeout(timer);
      await running;
    },
  };
}
