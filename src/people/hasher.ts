import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { createFairQueue, type QueueTimer, type Trust } from './fair-queue.ts';
import { createMostlyWrong } from './mostly-wrong.ts';
import { createPace } from './pace.ts';
import { type Argon2Cost, type Argon2Hash, formatPhc, parsePhc } from './phc.ts';

const derive = promisify(argon2);

const saltBytes = 16;
const hashBytes = 32;

/** OWASP's figure for Argon2id at 19 MiB: two passes, one lane. */
const defaultCost: Argon2Cost = { memoryKiB: 19_456, passes: 2, parallelism: 1 };

export interface Hasher {
  /** PHC string; undefined when the queue is full. `turn`: whose turn it is in the queue. */
  hash(password: string, turn: string): Promise<string | undefined>;
  /** Without a hash it works as long as with one, and says `wrong`. */
  verify(phc: string | undefined, password: string, turn: string, trust?: Trust): Promise<'right' | 'wrong' | 'busy'>;
  /** Whether `verify` would find a place now. Counted as turned away where not. */
  admits(turn: string, trust: Trust): boolean;
  /** How many are being hashed and how many wait, now; how many were turned away since the start. */
  readonly load: { readonly running: number; readonly waiting: number; readonly turnedAway: number };
  /** Made at another cost than today's. */
  isOutdated(phc: string): boolean;
}

/** Of the processors, what guesses may keep busy: hashes beside each other slow each other down, by their memory. */
const guessesShare = 1 / 8;
/** What they may take at once after a quiet time, in milliseconds for each processor: five hashes or so. */
const guessesSavedMs = 100;
/** In line at once; at a hash of 20 ms on two processors the last of them waits for 0.7 s. */
const guessesWaiting = 8;
const guessesWaitMs = 5_000;

const realTimer: QueueTimer = {
  now: () => performance.now(),
  after: (ms, act) => void setTimeout(act, ms),
};

/**
 * Argon2id on libuv's threads, so that the event loop goes on. Bounded: `maxParallel` at once (the processors; each
 * takes 19 MiB), `maxQueue` in line, then `busy`; sources take turns, the trusted first. More than four at once need UV_THREADPOOL_SIZE.
 * The suspect have an eighth of the processors' time; while most passwords of the ordinary are wrong they share it, and
 * go first. `processes`: how many share the machine.
 *
 * Passwords are hashed in NFKC, so that the same keys on another keyboard give the same password
 * (NIST SP 800-63B-4 §3.1.1.2), whole, whatever their length.
 */
export function createHasher({
  maxParallel = availableParallelism(),
  maxQueue = 256,
  processes = 1,
  cost = defaultCost,
  timer = realTimer,
}: {
  maxParallel?: number;
  maxQueue?: number;
  processes?: number;
  cost?: Argon2Cost;
  timer?: QueueTimer;
} = {}): Hasher {
  const ordinary = createMostlyWrong();
  const processors = maxParallel / processes;
  const share = processors * guessesShare;
  const pace = createPace({ share, savedMs: processors * guessesSavedMs, now: timer.now });
  const queue = createFairQueue({
    ...{ maxParallel, maxWaiting: maxQueue, timer },
    heldBack: {
      is: (trust) => trust === 'suspect' || (trust === 'ordinary' && ordinary.is),
      pace,
      // One place of several stays free for the others.
      maxParallel: Math.max(1, Math.min(maxParallel - 1, Math.ceil(share))),
      maxWaiting: Math.min(maxQueue, guessesWaiting),
      maxWaitMs: guessesWaitMs,
    },
  });
  let turnedAway = 0;
  const turnAway = () => {
    turnedAway += 1;
  };
  // What an unknown person's password is compared with: the same cost, and no password gives it.
  const nobody: Argon2Hash = { ...cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) };

  const digestOf = (password: string, { salt, hash, ...at }: Argon2Hash): Promise<Buffer> =>
    derive('argon2id', {
      message: Buffer.from(password.normalize('NFKC'), 'utf8'),
      nonce: salt,
      parallelism: at.parallelism,
      memory: at.memoryKiB,
      passes: at.passes,
      tagLength: hash.length,
    });

  return {
    async hash(password, turn) {
      const like: Argon2Hash = { ...cost, salt: randomBytes(saltBytes), hash: Buffer.alloc(hashBytes) };
      // Whoever sets a password has proven something before.
      const hash = await queue.run(turn, () => digestOf(password, like), 'known');
      return hash === 'busy' ? undefined : formatPhc({ ...like, hash });
    },
    async verify(phc, password, turn, trust = 'ordinary') {
      const known = phc === undefined ? undefined : parsePhc(phc);
      const against = known ?? nobody;
      const hash = await queue.run(turn, () => digestOf(password, against), trust);
      if (hash === 'busy') {
        turnAway();
        return 'busy';
      }
      const isRight = timingSafeEqual(hash, against.hash) && known !== undefined;
      if (trust === 'ordinary') ordinary.judged(!isRight);
      return isRight ? 'right' : 'wrong';
    },
    admits(turn, trust) {
      const has = queue.hasRoom(turn, trust);
      if (!has) turnAway();
      return has;
    },
    get load() {
      return { running: queue.running, waiting: queue.waiting, turnedAway };
    },
    isOutdated(phc) {
      const made = parsePhc(phc);
      return (
        made === undefined ||
        made.memoryKiB !== cost.memoryKiB ||
        made.passes !== cost.passes ||
        made.parallelism !== cost.parallelism ||
        made.hash.length !== hashBytes
      );
    },
  };
}
