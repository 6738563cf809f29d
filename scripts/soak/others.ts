import { percentile } from '../bench/statistics.ts';

/** How long others wait for an answer, in milliseconds. */
export interface Waits {
  readonly asked: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const pauseMs = 10;

/** Asks one time after another for so long. `ask` throws when it is not served. */
export async function waitsOf(ask: () => Promise<void>, forMs: number): Promise<Waits> {
  const waits: number[] = [];
  const begun = performance.now();
  while (performance.now() - begun < forMs) {
    const asked = performance.now();
    await ask();
    waits.push(performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round(percentile(waits, share) * 10) / 10;
  return { asked: waits.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/** Does `act` again and again, `lanes` at a time, as long as `others` takes. */
export async function beside<R>(lanes: number, act: () => Promise<unknown>, others: () => Promise<R>): Promise<R> {
  const over = new AbortController();
  const lane = async () => {
    while (!over.signal.aborted) await act();
  };
  const running = Array.from({ length: lanes }, lane);
  try {
    return await others();
  } finally {
    over.abort();
    await Promise.all(running);
  }
}
