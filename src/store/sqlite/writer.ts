import { Worker } from 'node:worker_threads';
import { GatehouseError } from '../../kernel/index.ts';
import type { Answer, Outcome, Request, WriteOp, WriterData } from './protocol.ts';
import type { TableSpec } from './tables.ts';

/** What became of an operation that reached the disk. */
export type Settled = Exclude<Outcome, { readonly why: 'failed' }>;

/** The serving thread's end of the writer thread. */
export interface Writer {
  /** Resolves after the commit. Throws `unavailable` when the disk or the thread failed. */
  write(op: WriteOp): Promise<Settled>;
  ensure(specs: readonly TableSpec[]): Promise<void>;
  isAlive(): boolean;
  /** Waits for writes under way. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (outcome: Settled) => void;
  readonly reject: (error: Error) => void;
}

/** What it is handed lives for one transaction: more room makes it no faster, and some 20 MiB larger. */
const writerYoungMb = 3;

export async function openWriter(file: string): Promise<Writer> {
  const waiting = new Map<number, Waiting>();
  let nextSeq = 0;
  let batch: WriteOp[] = [];
  let thread: Worker | undefined = await start();
  let isStarting = false;
  let isClosed = false;

  async function start(): Promise<Worker> {
    const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: { file } satisfies WriterData,
      resourceLimits: { maxYoungGenerationSizeMb: writerYoungMb },
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', (cause) =>
        reject(new GatehouseError('unavailable', 'the database file cannot be opened', { cause })),
      );
    });
    worker.on('message', settle);
    worker.on('error', (cause) => lose(worker, cause));
    worker.on('exit', () => lose(worker, new Error('the writer thread ended')));
    // An idle store keeps no process alive; writes under way do.
    worker.unref();
    return worker;
  }

  function lose(worker: Worker, cause: unknown): void {
    if (thread !== worker) return;
    thread = undefined;
    failAll(cause);
  }

  /** A thread that died (out of memory) is replaced; meanwhile writes are refused. */
  function restart(): void {
    if (isStarting || isClosed) return;
    isStarting = true;
    start()
      .then((worker) => {
        thread = worker;
      }, failAll)
      .finally(() => {
        isStarting = false;
      });
  }

  function settle(answer: Answer): void {
    if (answer.kind !== 'done') return;
    for (const [seq, outcome] of answer.outcomes) {
      const one = waiting.get(seq);
      waiting.delete(seq);
      if (outcome.ok || outcome.why === 'duplicate') one?.resolve(outcome);
      else one?.reject(new GatehouseError('unavailable', `database write failed (${outcome.code}): ${outcome.text}`));
    }
    if (waiting.size === 0) thread?.unref();
  }

  function failAll(cause: unknown): void {
    const all = [...waiting.values()];
    waiting.clear();
    for (const one of all) one.reject(new GatehouseError('unavailable', 'the database writer stopped', { cause }));
  }

  /** One message for all that was asked for in this turn of the event loop, by however many requests. */
  function flush(): void {
    if (batch.length === 0) return;
    const ops = batch;
    batch = [];
    send({ kind: 'write', first: nextSeq - ops.length, ops });
  }

  function send(request: Request): void {
    if (thread === undefined) {
      failAll(new Error('the writer thread ended'));
      restart();
      return;
    }
    thread.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.postMessage(request);
  }

  function expect(seq: number): Promise<Settled> {
    return new Promise((resolve, reject) => {
      waiting.set(seq, { resolve, reject });
    });
  }

  return {
    write(op) {
      if (isClosed) return Promise.reject(new GatehouseError('unavailable', 'the store is closed'));
      // After all that came in at once was read: to wake the thread for each request by itself costs more than the write.
      if (batch.length === 0) setImmediate(flush);
      batch.push(op);
      const settled = expect(nextSeq);
      nextSeq += 1;
      return settled;
    },
    async ensure(specs) {
      flush();
      const settled = expect(nextSeq);
      send({ kind: 'ensure', seq: nextSeq, specs });
      nextSeq += 1;
      await settled;
    },
    isAlive: () => {
      if (thread === undefined) restart();
      return thread !== undefined;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      flush();
      const worker = thread;
      if (worker === undefined) return;
      const ended = new Promise((resolve) => {
        worker.once('exit', resolve);
      });
      send({ kind: 'close' });
      await ended;
    },
  };
}
