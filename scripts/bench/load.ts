/**
 * The client side, a process of its own so that what it costs is not counted: holds the connections, does what it is
 * asked for over IPC, and answers how long each operation took.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { discover } from './endpoints.ts';
import { flood, type Guesser, prepareGuessers } from './flood.ts';
import { from, type Lane, openLane } from './lane.ts';
import { createOperations, type OperationName, type Operations } from './operations.ts';
import { createPeopleInTurn, type PeopleInTurn } from './people-in-turn.ts';
import { signIn } from './sign-in.ts';
import type { Target } from './target.ts';

export type LoadRequest =
  | { readonly kind: 'connect'; readonly target: Target; readonly lanes: number }
  /** `seconds` 0: once. */
  | { readonly kind: 'run'; readonly operation: OperationName; readonly lanes: number; readonly seconds: number }
  /** Complete sign-ins, one after another, each from an address where nobody signed in before. */
  | { readonly kind: 'sign_in_elsewhere'; readonly seconds: number }
  /** Complete sign-ins at a pace of their own, whether or not earlier ones are done; those that fail are counted. */
  | { readonly kind: 'sign_in_paced'; readonly perSecond: number; readonly seconds: number }
  /** Until people have codes again, where a quarter of them have used theirs. */
  | { readonly kind: 'rest' }
  /** Brings those who will guess to their password pages. */
  | { readonly kind: 'prepare_flood'; readonly target: Target; readonly seconds: number }
  | { readonly kind: 'flood'; readonly seconds: number }
  | { readonly kind: 'disconnect' };

export type LoadAnswer = { readonly ok: true; readonly ran: Ran } | { readonly ok: false; readonly why: string };

export interface Ran {
  /** Milliseconds of each operation. */
  readonly tookMs: Float64Array;
  readonly wallMs: number;
  /** Of what was paced: what each that failed said, and how many could not begin since all connections were taken. */
  readonly failures?: readonly string[];
  readonly late?: number;
  /** Of a flood: how many were answered by which status. */
  readonly answers?: ReadonlyMap<number, number>;
}

let flooding: { readonly target: Target; readonly guessers: readonly Guesser[] } | undefined;
let lanes: Lane[] = [];
let people: PeopleInTurn | undefined;
let signInElsewhere: (() => Promise<void>) | undefined;
let elsewhere = 0;
let operations: Operations[] = [];

async function connect(target: Target, count: number): Promise<void> {
  disconnect();
  people = createPeopleInTurn(target.people);
  const nextPerson = people.next;
  lanes = Array.from({ length: count }, () => openLane(target));
  const endpoints = await discover(lanes[0] as Lane, target.issuer);
  signInElsewhere = async () => {
    elsewhere += 1;
    const address = `172.${16 + ((elsewhere >> 8) & 15)}.${elsewhere & 255}.7`;
    await signIn(from(address, lanes[0] as Lane), target, endpoints, nextPerson());
  };
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

async function run(operate: readonly (() => Promise<void>)[], seconds: number): Promise<Ran> {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const failure = new AbortController();
  const turn = async (once: () => Promise<void>) => {
    do {
      const begun = performance.now();
      await once().catch((error: unknown) => {
        failure.abort();
        throw error;
      });
      tookMs.push(performance.now() - begun);
    } while (!failure.signal.aborted && performance.now() < endsAt);
  };
  await Promise.all(operate.map(turn));
  return { tookMs: Float64Array.from(tookMs), wallMs: performance.now() - startedAt };
}

async function runPaced(perSecond: number, seconds: number): Promise<Ran> {
  const [tookMs, failures, under]: [number[], string[], Set<Promise<void>>] = [[], [], new Set()];
  const free = [...operations];
  let late = 0;
  const startedAt = performance.now();
  for (let begun = 0; begun < perSecond * seconds; begun += 1) {
    const early = startedAt + (begun * 1000) / perSecond - performance.now();
    if (early > 1) await pause(early);
    const lane = free.pop();
    if (lane === undefined) {
      late += 1;
      continue;
    }
    const from = performance.now();
    const one = lane
      .sign_in()
      .then(
        () => void tookMs.push(performance.now() - from),
        (error: unknown) => void failures.push((error as Error).message),
      )
      .finally(() => {
        free.push(lane);
        under.delete(one);
      });
    under.add(one);
  }
  await Promise.all(under);
  return { tookMs: Float64Array.from(tookMs), wallMs: performance.now() - startedAt, failures, late };
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
  const answers = await flood(flooding.target, flooding.guessers, seconds);
  return { tookMs: new Float64Array(), wallMs: performance.now() - startedAt, answers };
}

/** Until people have codes again, where this share of them have used theirs. */
const rested = (share: number) => pause(people?.restMs(share) ?? 0);

async function perform(request: LoadRequest): Promise<Ran> {
  if (request.kind === 'run') {
    const { operation, lanes: count, seconds } = request;
    if (operation === 'sign_in') await rested(1 / 2);
    return run(
      operations.slice(0, count).map((lane) => lane[operation]),
      seconds,
    );
  }
  if (request.kind === 'sign_in_paced') return runPaced(request.perSecond, request.seconds);
  if (request.kind === 'sign_in_elsewhere') {
    if (signInElsewhere === undefined) throw new Error('sign-in: not connected');
    return run([signInElsewhere], request.seconds);
  }
  if (request.kind === 'flood') return runFlood(request.seconds);
  if (request.kind === 'rest') await rested(1 / 4);
  else if (request.kind === 'prepare_flood') await prepareFlood(request.target, request.seconds);
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
