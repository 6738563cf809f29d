import type { Declaration, Doc, ListQuery } from './port.ts';

/** Only these top-level fields, and `id`; everything when none are named. */
export function picked<T extends Doc>(doc: T, select: readonly (keyof T & string)[] | undefined): T {
  if (select === undefined) return doc;
  const part: Record<string, unknown> = { id: doc.id };
  for (const name of select) if (Object.hasOwn(doc, name)) part[name] = doc[name];
  return part as unknown as T;
}

/** Whether a list has use for what is sealed: opening it costs more than reading the rest of the document. */
export function wantsSealed<T extends Doc>(
  { sealed = [] }: Pick<Declaration<T>, 'sealed'>,
  { select, where }: Pick<ListQuery<T>, 'select' | 'where'>,
): boolean {
  if (select === undefined || where !== undefined) return true;
  const names: readonly string[] = select;
  return sealed.some((path) => names.includes(path.split('.', 1)[0] ?? path));
}
