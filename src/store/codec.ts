import { GatehouseError, type Keyring } from '../kernel/index.ts';
import type { Declaration, Doc } from './port.ts';

/** Between a room's document and what an engine keeps: the shape is checked, sealed fields are sealed and opened. */
export interface Codec<T extends Doc> {
  /** Checks and seals; the argument stays as it was. */
  toSealed(doc: T): T;
  /** Opens in place: for a document that was just read. */
  toOpen(stored: Record<string, unknown>): T;
}

export function createCodec<T extends Doc>(declaration: Declaration<T>, keyring: Keyring): Codec<T> {
  const { name, shape } = declaration;
  const sealed = (declaration.sealed ?? []).map((path) => ({ path, names: path.split('.') }));
  // Moved to another document, field or collection, a sealed value does not open.
  const associated = (id: string, path: string) => `${name}:${id}:${path}`;

  return {
    toSealed(doc) {
      const { outbox: _, ...content } = doc;
      const judged = shape.safeParse(content);
      if (!judged.success) {
        // Paths and rules only: the values may be secrets.
        const faults = judged.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join(', ');
        throw new GatehouseError('internal', `${name}: document does not have its declared shape: ${faults}`);
      }
      let result: Record<string, unknown> = doc as unknown as Record<string, unknown>;
      for (const { path, names } of sealed) {
        result = replaced(result, names, (text) => keyring.seal(text, associated(doc.id, path)));
      }
      return result as unknown as T;
    },
    toOpen(stored) {
      for (const { path, names } of sealed) {
        const holder = holderOf(stored, names);
        const last = names.at(-1) as string;
        const text = holder?.[last];
        if (holder === undefined || typeof text !== 'string') continue;
        try {
          holder[last] = keyring.open(text, associated(String(stored['id']), path));
        } catch (cause) {
          throw new GatehouseError('internal', `${name}: ${path} of a document cannot be opened`, { cause });
        }
      }
      return stored as unknown as T;
    },
  };
}

function holderOf(doc: Record<string, unknown>, names: readonly string[]): Record<string, unknown> | undefined {
  let holder: unknown = doc;
  for (const name of names.slice(0, -1)) holder = isRecord(holder) ? holder[name] : undefined;
  return isRecord(holder) ? holder : undefined;
}

/** A copy, as deep as the path, in which the string at `names` is changed; the same object when there is none. */
function replaced(
  doc: Record<string, unknown>,
  names: readonly string[],
  change: (text: string) => string,
): Record<string, unknown> {
  const [name, ...rest] = names;
  const value = name === undefined ? undefined : doc[name];
  if (name === undefined || value === undefined || value === null) return doc;
  if (rest.length > 0) return isRecord(value) ? { ...doc, [name]: replaced(value, rest, change) } : doc;
  return typeof value === 'string' ? { ...doc, [name]: change(value) } : doc;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
