import { type Worker as ClusterWorker } from 'node:cluster';

/** What the primary and its workers tell each other. Other messages on the channel (the cluster's own) are left alone. */
type Word =
  | { readonly gatehouse: 'stop' }
  | { readonly gatehouse: 'ask'; readonly id: number }
  | { readonly gatehouse: 'answer'; readonly id: number; readonly answer: unknown };

export function readWord(message: unknown): Word | undefined {
  const isOurs = typeof message === 'object' && message !== null && 'gatehouse' in message;
  return isOurs ? (message as Word) : undefined;
}

export function tellWorker(worker: ClusterWorker, word: Word): void {
  // A worker that died this moment cannot be told, which is no fault of anybody.
  if (worker.isConnected()) worker.send(word, () => undefined);
}

/** Answers what the primary asks. `answer` must be JSON-safe. */
export function answerPrimary(answer: () => Promise<unknown>): void {
  process.on('message', (message) => {
    const word = readWord(message);
    if (word?.gatehouse !== 'ask') return;
    void answer().then(
      (found) => process.send?.({ gatehouse: 'answer', id: word.id, answer: found } satisfies Word),
      () => undefined,
    );
  });
}

/** Asks all of `workers` at once; those that do not answer within `patienceMs` (starting, busy, dying) are left out. */
export async function askWorkers(
  workers: readonly ClusterWorker[],
  id: number,
  patienceMs: number,
): Promise<readonly unknown[]> {
  const answers = await Promise.all(workers.map((worker) => askWorker(worker, id, patienceMs)));
  return answers.filter((answer) => answer !== undefined);
}

function askWorker(worker: ClusterWorker, id: number, patienceMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const settle = (answer: unknown) => {
      clearTimeout(timer);
      worker.off('message', onMessage);
      worker.off('exit', onExit);
      resolve(answer);
    };
    const onMessage = (message: unknown) => {
      const word = readWord(message);
      if (word?.gatehouse === 'answer' && word.id === id) settle(word.answer);
    };
    const onExit = () => settle(undefined);
    const timer = setTimeout(settle, patienceMs, undefined);
    worker.on('message', onMessage);
    worker.on('exit', onExit);
    tellWorker(worker, { gatehouse: 'ask', id });
  });
}
