import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** libuv's own default. */
const threadsAtMost = 4;

/** Gives or refuses huge pages to who asks for them. */
const hugePages = '/sys/kernel/mm/transparent_hugepage/enabled';
/** Since then glibc asks for them where it is told to (`glibc.malloc.hugetlb`). */
const glibcThatAsks = 2.35;

/**
 * Each of libuv's threads that ever made a password's hash keeps its 19 MiB (glibc's arenas), and as many hashes are
 * made at once as there are processors: one thread more is for signatures, which must not wait for them. To be called
 * before anything works on those threads; an operator's own setting stands.
 */
export function spareThreads() {
  process.env['UV_THREADPOOL_SIZE'] ??= String(Math.min(threadsAtMost, availableParallelism() + 1));
  // The rest is for workers: of this process glibc asked when it began. One arena for all threads instead of one each,
  // in which every thread keeps 19 to 57 MiB of hashes that were made.
  process.env['MALLOC_ARENA_MAX'] ??= '1';
  // And a hash gives its memory back, where to get it anew costs little.
  if (Number(process.env['GATEHOUSE_WORKERS']) > 1 && getsHugePages()) {
    process.env['GLIBC_TUNABLES'] ??= 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8388608';
  }
}

function getsHugePages() {
  try {
    const modes = readFileSync(hugePages, 'utf8');
    return modes.includes('[always]') || (modes.includes('[madvise]') && glibcVersion() >= glibcThatAsks);
  } catch {
    return false;
  }
}

/** 0 where there is another C library. */
function glibcVersion() {
  process.report.excludeNetwork = true;
  return Number(/** @type {any} */ (process.report.getReport()).header.glibcVersionRuntime ?? 0);
}
