import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { createFairQueue, type Trust } from './fair-queue.ts';
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
  /** How many are being hashed and how many wait, now. */
  readonly load: { readonly running: number; readonly waiting: number };
  /** Made at another cost than today's. */
  isOutdated(phc: string): boolean;
}

/**
 * Argon2id on libuv's threads, so that the event loop goes on. Bounded: `maxParallel` at once (the processors; each
 * takes 19 MiB), `maxQueue` in line, then `busy`; sources take turns, the trusted first. More than four at once need UV_THREADPOOL_SIZE.
 *
 * Passwords are hashed in NFKC, so that the same keys on another keyboard give the same password
 * (NIST SP 800-63B-4 §3.1.1.2), whole, whatever their length.
 */
export function createHasher({
  maxParallel = availableParallelism(),
  maxQueue = 256,
  cost = defaultCost,
}: {
  maxParallel?: number;
  maxQueue?: number;
  cost?: Argon2Cost;
} = {}): Hasher {
  const queue = createFairQueue({ maxParallel, maxWaiting: maxQueue });
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
      const hash = await queue.run(turn, () => digestOf(password, like));
      return hash === 'busy' ? undefined : formatPhc({ ...like, hash });
    },
    async verify(phc, password, turn, trust) {
      const known = phc === undefined ? undefined : parsePhc(phc);
      const against = known ?? nobody;
      const hash = await queue.run(turn, () => digestOf(password, against), trust);
      if (hash === 'busy') return 'busy';
      const isSame = timingSafeEqual(hash, against.hash);
      return isSame && known !== undefined ? 'right' : 'wrong';
    },
    get load() {
      return { running: queue.running, waiting: queue.waiting };
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
