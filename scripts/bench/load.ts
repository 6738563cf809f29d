/**
 * The client side, a process of its own so that what it costs is not counted: holds the connections, does what it is
 * asked for over IPC, and answers how long each operation took.
 */
import { discover } from './endpoints.ts';
import { flood, type Guesser, prepareGuessers } from './flood.ts';
import { type Lane, openLane } from './lane.ts';
import { createOperations, type OperationName, type Operations } from './operations.ts';
import { signIn } from './sign-in.ts';
import type { Target } from './target.ts';

export type LoadRequest =
  | { readonly kind: 'connect'; readonly target: Target; readonly lanes: number }
  /** `seconds` 0: once. */
  | { readonly kind: 'run'; readonly operation: OperationName; readonly lanes: number; readonly seconds: number }
  /** Brings those who will guess to their password pages. */
  | { readonly kind: 'prepare_flood'; readonly target: Target; readonly seconds: number }
  | { readonly kind: 'flood'; readonly seconds: number }
  | { readonly kind: 'disconnect' };

export type LoadAnswer = { readonly ok: true; readonly ran: Ran } | { readonly ok: false; readonly why: string };

export interface Ran {
  /** Milliseconds of each operation. */
  readonly tookMs: Float64Array;
  readonly wallMs: number;
}

/** A code works once in its 30 s, and one step either side is accepted. */
const codeAgainMs = 95_000;

let flooding: { readonly target: Target; readonly guessers: readonly Guesser[] } | undefined;
let lanes: Lane[] = [];
let operations: Operations[] = [];

async function connect(target: Target, count: number): Promise<void> {
  disconnect();
  const usedAt = new Map<number, number>();
  let last = -1;
  const nextPerson = () => {
    // A prime step visits everybody, far apart on the disk.
    last = (last + 7_919) % target.people;
    const now = performance.now();
    if (now - (usedAt.get(last) ?? Number.NEGATIVE_INFINITY) < codeAgainMs) {
      throw new Error(`sign-in: ${target.people} people are too few at this speed; their codes are used up`);
    }
    usedAt.set(last, now);
    return last;
  };
  lanes = Array.from({ length: count }, () => openLane(target));
  const endpoints = await discover(lanes[0] as Lane, target.issuer);
  operations = await Promise.all(
    lanes.map(async (lane) => {
      const tokens = await signIn(lane, target, endpoints, nextPerson());
      return createOperations({ target, endpoints, lane, tokens, nextPerson });
    }),
  );
}

function disconnect(): void {
  for (const lane of lanes) lane.close();
  lanes = [];
  operations = [];
}

async function run(name: OperationName, count: number, seconds: number): Promise<Ran> {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const failure = new AbortController();
  const turn = async (lane: Operations) => {
    do {
      const from = performance.now();
      await lane[name]().catch((error: unknown) => {
        failure.abort();
        throw error;
      });
      tookMs.push(performance.now() - from);
    } while (!failure.signal.aborted && performance.now() < endsAt);
  };
  await Promise.all(operations.slice(0, count).map(turn));
  return { tookMs: Float64Array.from(tookMs), wallMs: performance.now() - startedAt };
}

async function prepareFlood(target: Target, seconds: number): Promise<void> {
  const lane = openLane(target);
  const guessers = await prepareGuessers(target, await discover(lane, target.issuer), seconds);
  lane.close();
  flooding = { target, guessers };
}

async function runFlood(seconds: number): Promise<Ran> {
  if (flooding === undefined) throw new Error('flood: not prepared');
  const startedAt = performance.now();
  const tookMs = await flood(flooding.target, flooding.guessers, seconds);
  return { tookMs: Float64Array.from(tookMs), wallMs: performance.now() - startedAt };
}

async function perform(request: LoadRequest): Promise<Ran> {
  if (request.kind === 'run') return run(request.operation, request.lanes, request.seconds);
  if (request.kind === 'flood') return runFlood(request.seconds);
  if (request.kind === 'prepare_flood') await prepareFlood(request.target, request.seconds);
  else if (request.kind === 'connect') await connect(request.target, request.lanes);
  else disconnect();
  return { tookMs: new Float64Array(), wallMs: 0 };
}

process.on('message', (request: LoadRequest) => {
  perform(request).then(
    (ran) => process.send?.({ ok: true, ran } satisfies LoadAnswer),
    (error: unknown) => process.send?.({ ok: false, why: (error as Error).message } satisfies LoadAnswer),
  );
});
