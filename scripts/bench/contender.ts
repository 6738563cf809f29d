import { type Load, startLoad } from './load-process.ts';
import { type Measured, measure } from './measure.ts';
import { type OperationName, operationNames } from './operations.ts';
import type { Options } from './options.ts';
import type { Prepared } from './product.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { median, percentile, rounded } from './statistics.ts';

/** One person at a time signs in, in a new browser each, before and while others guess. */
export interface Flooded {
  readonly guessesPerSecond: number;
  /** Of a hundred guesses: turned away with 429. */
  readonly turnedAwayPercent: number;
  readonly aloneP50Ms: number;
  /** From an address from which people sign in. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Each from an address that nobody came from before. */
  readonly elsewhereP50Ms: number;
  readonly elsewhereP99Ms: number;
}

/** What was measured of one provider in one setting. */
export interface Result {
  readonly coldStartMs: number;
  readonly coldStartCpuMs: number;
  /** Resident memory of all its processes. */
  readonly idleMiB: number;
  readonly loadedMiB: number;
  /** At 16 in parallel. */
  readonly ops: Readonly<Record<OperationName, Measured | null>>;
  /** One after another. */
  readonly alone: Readonly<Partial<Record<OperationName, Measured>>>;
  readonly flood?: Flooded;
  /** Why an operation was not measured. */
  readonly refused: Readonly<Partial<Record<OperationName, string>>>;
}

const parallel = 16;
/** Long enough for a line of guesses to form, and for what is new to become known; twice: from here, from elsewhere. */
const floodS = 10;
/** For what a start leaves behind to be done. */
const idleMs = 1_500;

/** One provider that runs, and what is known of it so far. */
export class Contender {
  readonly #prepared: Prepared;
  readonly #options: Options;
  readonly #server: ServerProcess;
  readonly #load: Load;
  readonly #starts: { readonly coldStartMs: number; readonly coldStartCpuMs: number; readonly idleMiB: number };
  readonly #ops = Object.fromEntries(operationNames.map((name) => [name, null])) as Record<
    OperationName,
    Measured | null
  >;
  readonly #alone: Partial<Record<OperationName, Measured>> = {};
  #flood: Flooded | undefined;
  readonly #refused: Partial<Record<OperationName, string>> = {};

  private constructor(
    prepared: Prepared,
    options: Options,
    server: ServerProcess,
    load: Load,
    starts: { coldStartMs: number; coldStartCpuMs: number; idleMiB: number },
  ) {
    this.#prepared = prepared;
    this.#options = options;
    this.#server = server;
    this.#load = load;
    this.#starts = starts;
  }

  /** Starts it as often as options say; the last one stays. */
  static async start(prepared: Prepared, options: Options, load: Load): Promise<Contender> {
    const coldStarts: ServerProcess[] = [];
    for (let start = 1; start < options.coldStarts; start += 1) {
      const server = await startServerProcess(prepared.program);
      coldStarts.push(server);
      await server.stop();
    }
    const { program } = prepared;
    const profiled = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
    const server = await startServerProcess({ ...program, nodeOptions: [...(program.nodeOptions ?? []), ...profiled] });
    coldStarts.push(server);
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const { rssMiB } = await server.usage();
    return new Contender(prepared, options, server, load, {
      coldStartMs: rounded(median(coldStarts.map(({ coldStartMs }) => coldStartMs))),
      coldStartCpuMs: rounded(median(coldStarts.map(({ coldStartCpuMs }) => coldStartCpuMs))),
      idleMiB: rounded(rssMiB),
    });
  }

  connect(): Promise<void> {
    return this.#load.connect(this.#prepared.target, parallel);
  }

  async measure(name: OperationName): Promise<void> {
    const { warmUpS, measureS, isThorough } = this.#options;
    try {
      this.#ops[name] = await measure(this.#load, this.#server, name, { lanes: parallel, warmUpS, measureS });
      if (!isThorough && name !== 'sign_in') return;
      this.#alone[name] = await measure(this.#load, this.#server, name, { lanes: 1, warmUpS: 0, measureS });
    } catch (error) {
      this.#refused[name] = (error as Error).message;
    }
  }

  async measureFlood(): Promise<void> {
    const seconds = Math.max(floodS, this.#options.measureS);
    const guessers = startLoad();
    try {
      await guessers.prepareFlood(this.#prepared.target, 2 * seconds);
      const alone = await this.#load.run('sign_in', 1, seconds);
      // Not in the middle of it.
      await this.#load.rest();
      const others = async () => {
        const during = await this.#load.run('sign_in', 1, seconds);
        return { during, elsewhere: await this.#load.signInElsewhere(seconds) };
      };
      const [guesses, { during, elsewhere }] = await Promise.all([guessers.flood(2 * seconds), others()]);
      const { answers = new Map<number, number>(), wallMs } = guesses;
      const answered = [...answers.values()].reduce((sum, count) => sum + count, 0);
      const at = ({ tookMs }: { readonly tookMs: Float64Array }, share: number) =>
        rounded(percentile(tookMs.sort(), share));
      this.#flood = {
        guessesPerSecond: rounded((answered / wallMs) * 1000),
        turnedAwayPercent: rounded(((answers.get(429) ?? 0) / answered) * 100),
        aloneP50Ms: at(alone, 0.5),
        ...{ p50Ms: at(during, 0.5), p99Ms: at(during, 0.99) },
        ...{ elsewhereP50Ms: at(elsewhere, 0.5), elsewhereP99Ms: at(elsewhere, 0.99) },
      };
    } finally {
      guessers.stop();
    }
  }

  async result(): Promise<Result> {
    const { rssMiB } = await this.#server.usage();
    return {
      ...this.#starts,
      loadedMiB: rounded(rssMiB),
      ops: this.#ops,
      alone: this.#alone,
      ...(this.#flood === undefined ? {} : { flood: this.#flood }),
      refused: this.#refused,
    };
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}
