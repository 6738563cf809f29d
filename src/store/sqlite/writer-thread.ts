/**
 * The writer: a thread with the only connection of this process that writes. It takes whatever has been asked for
 * while it was busy, commits it as one group, and acknowledges after the commit, so that no fsync stalls the event
 * loop and a hundred writes cost one.
 */
import { DatabaseSync } from 'node:sqlite';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { runGroup, type Statements, toFailure } from './groups.ts';
import type { Answer, Outcome, Request, WriteOp, WriterData } from './protocol.ts';
import { ensureTables } from './tables.ts';

/** How long to wait for another process that writes. */
const busyTimeoutMs = 5_000;
/** SQLITE_BUSY, https://www.sqlite.org/rescode.html */
const busy = 5;
/** Ten minutes. */
const ensureTries = 120;
/** Between two tries to open a file that other processes are opening too. */
const openPauseMs = 20;
const openTries = 250;
/**
 * After so many pages (of 4 KiB) the journal is written back into the file. SQLite's own 1,000 are ten sign-ins, and
 * most of their pages are the same few; reading gets dearer beyond 4,062, the size of one hash table of its index.
 */
const checkpointPages = 4_000;
/** Bounds how long the first of a group waits for the last. */
const groupSize = 256;

const port = parentPort as MessagePort;
const db = open((workerData as WriterData).file);
const cached = new Map<string, ReturnType<DatabaseSync['prepare']>>();
const prepare: Statements = (sql) => {
  let statement = cached.get(sql);
  if (statement === undefined) {
    statement = db.prepare(sql);
    cached.set(sql, statement);
  }
  return statement;
};
let synchronous = 'FULL';

port.on('message', (first: Request) => {
  const requests = [first];
  for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
    requests.push(more.message as Request);
  }
  const writes: [number, WriteOp][] = [];
  for (const request of requests) {
    if (request.kind === 'write')
      writes.push(...request.ops.map((op, at): [number, WriteOp] => [request.first + at, op]));
  }
  commit(writes);
  for (const request of requests) {
    if (request.kind === 'ensure') answer([[request.seq, ensure(request.specs)]]);
    if (request.kind === 'close') {
      db.close();
      port.close();
    }
  }
});
answerReady();

/**
 * Those that need not wait for the disk share the transaction of those that must: two would cost more than the wait, and
 * whoever asks while the disk is busy waits for it in any case.
 */
function commit(writes: readonly [number, WriteOp][]): void {
  for (let at = 0; at < writes.length; at += groupSize) {
    const group = writes.slice(at, at + groupSize);
    const mode = group.some(([, op]) => op.durable) ? 'FULL' : 'NORMAL';
    if (synchronous !== mode) {
      db.exec(`PRAGMA synchronous = ${mode}`);
      synchronous = mode;
    }
    const outcomes = runGroup(
      db,
      prepare,
      group.map(([, op]) => op),
    );
    answer(group.map(([seq], position): [number, Outcome] => [seq, outcomes[position] as Outcome]));
  }
}

/** Another process may be laying out a large table. */
function ensure(specs: Parameters<typeof ensureTables>[1]): Outcome {
  for (let tries = 1; ; tries += 1) {
    try {
      ensureTables(db, specs);
      return { ok: true, value: null };
    } catch (error) {
      const failure = toFailure(error);
      const isBusy = !failure.ok && failure.why === 'failed' && failure.code === busy;
      if (!isBusy || tries >= ensureTries) return failure;
    }
  }
}

function answer(outcomes: readonly (readonly [number, Outcome])[]): void {
  port.postMessage({ kind: 'done', outcomes } satisfies Answer);
}

function answerReady(): void {
  port.postMessage({ kind: 'ready' } satisfies Answer);
}

/** Changing to WAL answers "busy" at once, whatever the timeout, while another process does the same. */
function open(file: string): DatabaseSync {
  for (let tries = 1; ; tries += 1) {
    const connection = new DatabaseSync(file, { timeout: busyTimeoutMs });
    try {
      connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
      connection.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
      return connection;
    } catch (error) {
      connection.close();
      if (tries >= openTries) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, openPauseMs);
    }
  }
}
