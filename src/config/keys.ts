import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createKeyring, type Keyring, type SealingKey } from '../kernel/index.ts';
import type { Config } from './entries.ts';

/** The name of keys that development makes for itself; production refuses it. */
export const developmentKeyId = 'development';

export type KeyFile =
  | { readonly ok: true; readonly keys: readonly SealingKey[] }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Reads lines of `name:key` (32 bytes, base64 or base64url); blank lines and lines from `#` on are skipped. */
export function parseKeys(text: string): KeyFile {
  const keys: SealingKey[] = [];
  const faults: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, id, encoded] = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/.exec(line) ?? [];
    const secret = Buffer.from(encoded ?? '', 'base64');
    if (id === undefined) faults.push(`line ${index + 1} is not "name:key", the key being 32 bytes in base64`);
    else if (secret.length !== 32) faults.push(`line ${index + 1}: key "${id}" has ${secret.length} bytes, not 32`);
    else if (keys.some((key) => key.id === id)) faults.push(`line ${index + 1}: the name "${id}" is used twice`);
    else if (new Set(secret).size < 8) faults.push(`line ${index + 1}: key "${id}" is not random`);
    else keys.push({ id, secret });
  }
  if (faults.length === 0 && keys.length === 0) faults.push('it holds no key');
  return faults.length > 0 ? { ok: false, faults } : { ok: true, keys };
}

/** A fresh line for a key file. */
export const newKeyLine = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

/** What is wrong with the key file, in sentences that begin with the setting's name. */
export function keyFileFaults(file: string, config: Pick<Config, 'mode' | 'data'>): readonly string[] {
  const read = readKeyFile(file);
  const faults = read.ok ? [] : read.faults.map((fault) => `GATEHOUSE_KEYS (${file}): ${fault}.`);
  if (config.mode !== 'production') return faults;
  if (isInside(config.data, file)) {
    faults.push(`GATEHOUSE_KEYS (${file}) lies in the data directory: move it out, or a stolen backup opens itself.`);
  }
  if (read.ok && (statSync(file).mode & 0o007) !== 0) {
    faults.push(`GATEHOUSE_KEYS (${file}) can be read by everyone on this machine: run "chmod 600 ${file}".`);
  }
  if (read.ok && read.keys.some((key) => key.id === developmentKeyId)) {
    faults.push(
      `GATEHOUSE_KEYS (${file}) holds the key "${developmentKeyId}", which was made for development: make new keys.`,
    );
  }
  return faults;
}

/** The keyring that `config` asks for. Development without GATEHOUSE_KEYS makes its own key in the data directory. */
export function loadKeyring(config: Pick<Config, 'mode' | 'data' | 'keys'>): Keyring {
  if (config.keys === undefined && config.mode === 'production') throw new Error('GATEHOUSE_KEYS is not set');
  const file = config.keys ?? developmentKeyFile(config.data);
  const read = readKeyFile(file);
  if (!read.ok) throw new Error(`${file}: ${read.faults.join('; ')}`);
  return createKeyring(read.keys);
}

/** Whether `loadKeyring` would find keys, rather than make one. */
export const hasKeyring = (config: Pick<Config, 'data' | 'keys'>): boolean =>
  config.keys !== undefined || existsSync(developmentKeysIn(config.data));

const developmentKeysIn = (data: string) => join(data, 'development.keys');

function developmentKeyFile(data: string): string {
  const file = developmentKeysIn(data);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (existsSync(file)) return file;
  // Written whole under another name first, so that a process starting at the same time never reads half a key.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${newKeyLine(developmentKeyId)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    // The other process was first: its key counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return file;
}

function readKeyFile(file: string): KeyFile {
  try {
    return parseKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    return { ok: false, faults: [`it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`] };
  }
}

/** Links are followed, so that one in the data directory or to it is noticed. */
function isInside(directory: string, file: string): boolean {
  const way = relative(real(directory), real(file));
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(real(parent), relative(parent, path));
  }
}
