import type { z } from 'zod';
import { nearest } from '../kernel/index.ts';
import { wordsForSetting } from './setting-words.ts';

export type Path = readonly PropertyKey[];

export interface SettingFault {
  readonly path: Path;
  readonly message: string;
}

/** What zod found, a sentence each, for the person who wrote the file. `value`: what was judged. */
export function describeIssues(error: z.ZodError, shape: z.ZodType, value: unknown): readonly SettingFault[] {
  return error.issues.flatMap((issue) => describeIssue(issue, shape, value));
}

function describeIssue(issue: z.core.$ZodIssue, shape: z.ZodType, value: unknown): readonly SettingFault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = namesAt(shape, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown setting "${key}"${suggestion(key, known)}`,
    }));
  }
  const given = valueAt(value, path);
  if (given === undefined) return [{ path, message: `"${String(path.at(-1))}" is missing` }];
  if (issue.code === 'invalid_value')
    return [{ path, message: `must be ${choices(issue.values)}${suggestion(given, issue.values)}` }];
  const words = isAboutSize.has(issue.code) ? wordsForSetting(shape, path) : undefined;
  return [{ path, message: words === undefined ? plain(issue.message) : `must be ${words}` }];
}

/** Kinds of issues that the whole range of what is allowed answers. */
const isAboutSize = new Set<z.core.$ZodIssue['code']>(['too_small', 'too_big', 'invalid_type', 'invalid_union']);

const choices = (values: readonly unknown[]) =>
  values.length === 1 ? `"${String(values[0])}"` : `one of ${values.map(String).join(', ')}`;

function suggestion(given: unknown, known: readonly unknown[]): string {
  const meant = typeof given === 'string' ? nearest(given, known.map(String)) : undefined;
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}

/** `Invalid email address` → `invalid email address`. */
const plain = (message: string) => message.charAt(0).toLowerCase() + message.slice(1);

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(stepInto, value);
}

/** The setting or entry `name` of `at`; undefined where there is none. */
export function stepInto(at: unknown, name: PropertyKey): unknown {
  return typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined;
}

interface Definition {
  readonly shape?: Record<string, z.ZodType>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
}

/** The settings there are at `path`. */
function namesAt(shape: z.ZodType, path: Path): readonly string[] {
  const open = (type: z.ZodType | undefined): Definition => {
    const definition = (type?.def ?? {}) as Definition;
    return definition.innerType === undefined ? definition : open(definition.innerType);
  };
  const found = path.reduce<Definition>(
    (at, name) => open(at.shape === undefined ? at.element : at.shape[String(name)]),
    open(shape),
  );
  return Object.keys(found.shape ?? {});
}
