import { availableParallelism } from 'node:os';

/** libuv's own default. */
const threadsAtMost = 4;

/**
 * Each of libuv's threads that ever made a password's hash keeps its 19 MiB (glibc's arenas), and as many hashes are
 * made at once as there are processors: one thread more is for signatures, which must not wait for them. To be called
 * before anything works on those threads; an operator's own setting stands.
 */
export function spareThreads() {
  // For workers: of this process glibc asked when it began. One arena for all threads instead of one each, in which
  // every thread keeps 19 to 57 MiB of hashes that were made.
  process.env['MALLOC_ARENA_MAX'] ??= '1';
  process.env['UV_THREADPOOL_SIZE'] ??= String(Math.min(threadsAtMost, availableParallelism() + 1));
}
