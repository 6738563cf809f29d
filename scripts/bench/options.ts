import { parseArgs } from 'node:util';
import { type OperationName, operationNames } from './operations.ts';

export type Engine = 'sqlite' | 'mongodb';

/** One way to run the product. */
export interface Setting {
  readonly engine: Engine;
  readonly people: number;
  readonly workers: number;
}

export interface Options {
  /** Where the JSON goes. */
  readonly json: string | undefined;
  readonly settings: readonly Setting[];
  readonly operations: readonly OperationName[];
  /** How long each operation is measured, and run before that unmeasured, so that it is compiled. */
  readonly measureS: number;
  readonly warmUpS: number;
  readonly coldStarts: number;
  /** Measures every operation at 1 in parallel too, not sign-ins alone. */
  readonly isThorough: boolean;
  /** Measures other people's sign-ins during a flood of guesses. */
  readonly isFlooded: boolean;
  /** Measures the preview of a change for 100,000 people. */
  readonly hasPreview: boolean;
  /** Measures challenge steps and imports as well, by benches of their own. */
  readonly isWhole: boolean;
  /** A directory for V8 profiles of the servers. */
  readonly profile: string | undefined;
}

export const usage = `npm run bench -- [--quick] [--json FILE] [--engine sqlite|mongodb] [--people N] [--workers N]
                    [--operation NAME] [--seconds S] [--flood] [--preview]
                    [--profile DIR]

  --quick     SQLite, 1,000 people, one worker: under 50 seconds
  --engine, --people, --workers, --operation
              only these (each may be given several times); all by default
  --seconds   how long each operation is measured
  --flood     other people's sign-ins too, while 10,000 guesses a minute come from many
              addresses; always without --quick
  --preview   what a change of rules would do to 100,000 people; always without --quick
              challenge steps and imports are measured last, without --quick and --operation
  --profile   leaves V8 CPU profiles of the servers in DIR`;

export const fewPeople = 1_000;
export const manyPeople = 200_000;

/** The options, or what is wrong with them as a sentence. */
export function readOptions(args: readonly string[]): Options | string {
  const read = parsed(args);
  if (typeof read === 'string') return read;
  const isQuick = read.quick === true;
  const engines = read.engine ?? (isQuick ? ['sqlite'] : ['sqlite', 'mongodb']);
  const people = (read.people ?? (isQuick ? [fewPeople] : [fewPeople, manyPeople])).map(Number);
  const workers = (read.workers ?? (isQuick ? [1] : [1, 2])).map(Number);
  const seconds = Number(read.seconds ?? (isQuick ? 1 : 4));
  if (!engines.every((engine): engine is Engine => engine === 'sqlite' || engine === 'mongodb'))
    return '--engine is sqlite or mongodb';
  // A code works once in its 30 s, so too few people would have to wait for their next one.
  if (!people.every((count) => Number.isInteger(count) && count >= fewPeople && count <= 2_000_000))
    return '--people is a whole number from 1000 to 2000000';
  if (!workers.every((count) => Number.isInteger(count) && count >= 1 && count <= 64))
    return '--workers is a whole number from 1 to 64';
  const operations = read.operation ?? operationNames;
  if (!operations.every((name): name is OperationName => (operationNames as readonly string[]).includes(name)))
    return `--operation is one of ${operationNames.join(', ')}`;
  if (!(seconds > 0 && seconds <= 60)) return '--seconds is a number up to 60';
  const settings = engines.flatMap((engine) =>
    people.flatMap((count) => workers.map((workerCount) => ({ engine, people: count, workers: workerCount }))),
  );
  return {
    json: read.json,
    settings,
    operations,
    measureS: seconds,
    warmUpS: seconds * 0.5,
    coldStarts: isQuick ? 3 : 5,
    isThorough: !isQuick,
    isFlooded: read.flood === true || !isQuick,
    hasPreview: read.preview === true || !isQuick,
    isWhole: !isQuick && read.operation === undefined,
    profile: read.profile,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean' },
        json: { type: 'string' },
        engine: { type: 'string', multiple: true },
        people: { type: 'string', multiple: true },
        workers: { type: 'string', multiple: true },
        operation: { type: 'string', multiple: true },
        seconds: { type: 'string' },
        flood: { type: 'boolean' },
        preview: { type: 'boolean' },
        profile: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return (error as Error).message;
  }
}

export const nameOf = ({ engine, people, workers }: Setting): string =>
  `${engine}, ${people.toLocaleString('en')} people, ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
