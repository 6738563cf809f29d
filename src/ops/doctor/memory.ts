import { readFile } from 'node:fs/promises';
import type { MemorySettings } from '../../config/index.ts';
import { type Finding, note, ok, warning } from './finding.ts';

/** Linux: which of its modes is in force stands in brackets (kernel.org, "Transparent Hugepage Support"). */
const hugePages = '/sys/kernel/mm/transparent_hugepage/enabled';
/** Since then glibc asks for huge pages where it is told to (`glibc.malloc.hugetlb`). */
const glibcThatAsks = 2.35;

/** How the memory of a password's hash is had; of other systems than Linux with glibc there is nothing to say. */
export async function checkMemory(settings: MemorySettings): Promise<readonly Finding[]> {
  const modes = await readFile(hugePages, 'utf8').catch(() => undefined);
  const glibc = glibcVersion();
  return modes === undefined || glibc === undefined ? [] : [judgeMemory(settings, modes, glibc)];
}

export function judgeMemory({ arenas, tunables }: MemorySettings, modes: string, glibc: number): Finding {
  const isGivenBack = tunables?.includes('mmap_threshold') === true;
  const isAsked = glibc >= glibcThatAsks && tunables?.includes('hugetlb=1') === true;
  if (isGivenBack && !modes.includes('[always]') && !(modes.includes('[madvise]') && isAsked)) {
    const todo = `Take glibc.malloc.mmap_threshold out of GLIBC_TUNABLES, or see to huge pages: madvise in ${hugePages}, glibc 2.35, glibc.malloc.hugetlb=1.`;
    return warning('memory', 'Hashes get no huge pages, so each takes half as long again.', todo);
  }
  if (isGivenBack) return ok('memory', 'Hashes give their memory back, and get huge pages.');
  if (arenas === '1') return ok('memory', 'Hashes share one arena.');
  return note('memory', 'Hashes keep 19 MiB and more for each thread: docs/operations.md, "Processes", says how not.');
}

/** Undefined where there is another C library. */
function glibcVersion(): number | undefined {
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? undefined : Number(header.glibcVersionRuntime);
}
