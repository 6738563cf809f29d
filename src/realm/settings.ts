import { isDeepStrictEqual } from 'node:util';
import type { Settings } from './collections.ts';

/** `{ policy: { acr: 'mfa' } }` → `{ 'policy.acr': 'mfa' }`. Lists stay whole; what is undefined is left out. */
export function flatten(value: object, path = ''): Settings {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]: [string, unknown]): [string, unknown][] => {
      if (part === undefined) return [];
      const at = path === '' ? name : `${path}.${name}`;
      return isPlain(part) ? Object.entries(flatten(part, at)) : [[at, part]];
    }),
  );
}

/** The reverse. */
export function unflatten(settings: Settings): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(settings)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = whole;
    for (const name of names) {
      const next = Object.hasOwn(at, name) && isPlain(at[name]) ? at[name] : {};
      at[name] = next;
      at = next;
    }
    at[last] = value;
  }
  return whole;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export interface MergeEntry {
  readonly path: string;
  readonly outcome: 'changed' | 'kept' | 'conflict';
  readonly now: unknown;
  readonly file: unknown;
}

/**
 * Three ways: `base` is what the file said when last applied, `now` what is in force, `file` what it says today.
 * Where only the file moved, it wins. Where something else moved since, that is kept: `conflict` when the file moved
 * too. `force` lets the file win wherever it says, or once said, something.
 */
export function mergeSettings(
  base: Settings,
  now: Settings,
  file: Settings,
  force = false,
): { readonly settings: Settings; readonly entries: readonly MergeEntry[] } {
  const settings: Record<string, unknown> = {};
  const entries: MergeEntry[] = [];
  for (const path of new Set([...Object.keys(now), ...Object.keys(file), ...Object.keys(base)])) {
    const values = { now: now[path], file: file[path] };
    const hasFileMoved = !isDeepStrictEqual(base[path], values.file);
    const hasRealmMoved = !isDeepStrictEqual(base[path], values.now);
    const isSame = isDeepStrictEqual(values.now, values.file);
    const isOfFile = values.file !== undefined || base[path] !== undefined;
    const takesFile = !isSame && isOfFile && (force || !hasRealmMoved);
    const value = takesFile ? values.file : values.now;
    if (value !== undefined) settings[path] = value;
    if (takesFile) entries.push({ path, outcome: 'changed', ...values });
    else if (!isSame) entries.push({ path, outcome: hasFileMoved ? 'conflict' : 'kept', ...values });
  }
  return { settings, entries };
}
