import type { Doc } from './port.ts';

/** Only these top-level fields, and `id`; everything when none are named. */
export function picked<T extends Doc>(doc: T, select: readonly (keyof T & string)[] | undefined): T {
  if (select === undefined) return doc;
  const wanted = new Set<string>(['id', ...select]);
  return Object.fromEntries(Object.entries(doc).filter(([name]) => wanted.has(name))) as unknown as T;
}
