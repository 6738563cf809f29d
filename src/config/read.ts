import { nearest } from '../kernel/index.ts';
import { type Config, type Entry, entries } from './entries.ts';
import { modeFaults } from './rules.ts';

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Reads `GATEHOUSE_*` from `env`. All faults at once, each a sentence that says what to do.
 * An empty value counts as not set. Looks at the key file, touches nothing else.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  const faults = unknownNames(env);
  const given = new Set<string>();
  const faulty = new Set<string>();
  const values: Record<string, unknown> = {};

  for (const [field, entry] of Object.entries<Entry<unknown>>(entries)) {
    const text = env[entry.name]?.trim() ?? '';
    if (text !== '') given.add(entry.name);
    const used = text === '' ? entry.default : text;
    if (used === undefined) {
      values[field] = undefined;
      continue;
    }
    const parsed = entry.kind.parse(used);
    values[field] = parsed.ok ? parsed.value : defaultOf(entry);
    if (parsed.ok) continue;
    faulty.add(entry.name);
    faults.push(`${entry.name} must be ${parsed.fault}.`);
  }

  // Every field of the table was read above, by its own kind.
  const config = Object.freeze(followPort(values as unknown as Config, given));
  // Which rules bind is not known without a mode; of a setting that cannot be read, no more is said.
  const refused = faulty.has(entries.mode.name) ? [] : modeFaults(config, given);
  faults.push(...refused.filter((fault) => !faulty.has(fault.split(' ', 1)[0] ?? '')));
  return faults.length > 0 ? { ok: false, faults } : { ok: true, config };
}

function defaultOf(entry: Entry<unknown>): unknown {
  if (entry.default === undefined) return undefined;
  const parsed = entry.kind.parse(entry.default);
  return parsed.ok ? parsed.value : undefined;
}

/** In development another port alone is enough to be reached there. */
function followPort(config: Config, given: ReadonlySet<string>): Config {
  const follows = config.mode === 'development' && config.port !== 0 && !given.has(entries.origin.name);
  return follows ? { ...config, origin: `http://localhost:${config.port}` } : config;
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.values<Entry<unknown>>(entries).map((entry) => entry.name);
  return Object.keys(env)
    .filter((name) => name.startsWith('GATEHOUSE_') && !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${name} is not a setting${meant === undefined ? ': remove it' : `: did you mean ${meant}?`}${meant === undefined ? '.' : ''}`;
    });
}

/** What glibc was told of this process's memory; nothing of ours reads it. */
export interface MemorySettings {
  /** `MALLOC_ARENA_MAX` */
  readonly arenas: string | undefined;
  /** `GLIBC_TUNABLES` */
  readonly tunables: string | undefined;
}

export const readMemorySettings = (): MemorySettings => ({
  arenas: process.env['MALLOC_ARENA_MAX'],
  tunables: process.env['GLIBC_TUNABLES'],
});

/** The configuration of this process. */
export const readEnvironment = (): ConfigResult => readConfig(process.env);
