import { readFile } from 'node:fs/promises';
import type { MemorySettings } from '../../config/index.ts';
import { type Finding, note, ok, warning } from './finding.ts';

/** Linux: which of its modes is in force stands in brackets (kernel.org, "Transparent Hugepage Support"). */
const hugePages = '/sys/kernel/mm/transparent_hugepage/enabled';

/** How the memory of a password's hash is had; of other systems than Linux there is nothing to say. */
export async function checkMemory(settings: MemorySettings): Promise<readonly Finding[]> {
  const modes = await readFile(hugePages, 'utf8').catch(() => undefined);
  return modes === undefined ? [] : [judgeMemory(settings, modes)];
}

export function judgeMemory({ arenas, tunables }: MemorySettings, modes: string): Finding {
  const isGivenBack = tunables?.includes('mmap_threshold') === true;
  const areOff = modes.includes('[never]');
  if (isGivenBack && areOff) {
    const todo = `Write madvise to ${hugePages}, or take glibc.malloc.mmap_threshold out of GLIBC_TUNABLES.`;
    return warning('memory', 'Huge pages are off on this system, so each hash takes half as long again.', todo);
  }
  if (isGivenBack) return ok('memory', 'Hashes give their memory back, and get huge pages.');
  if (arenas === '1') return ok('memory', 'Hashes share one arena.');
  return note('memory', 'Hashes keep 19 MiB and more for each thread: docs/operations.md, "Processes", says how not.');
}
