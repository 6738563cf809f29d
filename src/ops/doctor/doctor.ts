import { existsSync } from 'node:fs';
import { type Config, type ConfigResult, hasKeyring, loadKeyring, type MemorySettings } from '../../config/index.ts';
import type { Clock, Keyring } from '../../kernel/index.ts';
import { databaseFile } from '../../store/index.ts';
import { checkClock } from './clock.ts';
import { checkDatabase, type DatabaseFindings } from './database.ts';
import { checkFiles } from './files.ts';
import { type Finding, fault, note, ok } from './finding.ts';
import { checkMemory } from './memory.ts';
import { checkMethods } from './methods.ts';
import { checkAddress, checkMail, checkProxies, checkRealms } from './outside.ts';
import { checkPhone } from './phone.ts';
import { reasonOf } from './reason.ts';

export interface Examination {
  readonly read: ConfigResult;
  readonly clock: Clock;
  /** An https address whose `Date` the clock is compared with. */
  readonly timeFrom?: string | undefined;
  /** Of the server, where it is looked at with its own environment. */
  readonly memory?: MemorySettings | undefined;
}

/** Looks at everything a server needs, and says what to do about what is wrong. Changes nothing. */
export async function examine({ read, clock, timeFrom, memory }: Examination): Promise<readonly Finding[]> {
  if (!read.ok) {
    return read.faults.map((text) => fault('configuration', text, 'Set it right; docs/configuration.md has them all.'));
  }
  const { config } = read;
  const findings: Finding[] = [ok('configuration', `The settings are in order (${config.mode}).`)];
  findings.push(...(await checkFiles(config)));
  const keyring = keysOf(config);
  if ('fault' in keyring) return [...findings, keyring.fault];
  const database: DatabaseFindings =
    'none' in keyring ? { findings: [keyring.none] } : await checkDatabase(config, { keyring: keyring.keys, clock });
  findings.push(...database.findings);
  findings.push(await checkClock(clock, database.inspection, timeFrom));
  if (memory !== undefined && config.mode === 'production') findings.push(...(await checkMemory(memory)));
  findings.push(
    await checkMail(config),
    await checkPhone(config),
    ...checkProxies(config),
    ...checkRealms(config.mode, database.realms),
    ...checkMethods(config, database.realms),
  );
  const own = (database.realms ?? []).flatMap(({ origin }) => (origin === undefined ? [] : [origin]));
  const origins = [...new Set([config.origin, ...own])];
  findings.push(...(await Promise.all(origins.map((origin) => checkAddress({ origin })))));
  return findings;
}

type Keys = { readonly keys: Keyring } | { readonly none: Finding } | { readonly fault: Finding };

function keysOf(config: Config): Keys {
  if (!hasKeyring(config)) {
    // Development makes one at the first start; beside a database that is there it would open nothing.
    if (config.database === undefined && !existsSync(databaseFile(config.data)))
      return { none: note('database', `There is nothing in ${config.data} yet: the first start makes it.`) };
    const todo = 'Run this where the server runs, name its directory in GATEHOUSE_DATA, or put its keys back.';
    return { fault: fault('keys', `There are no keys in ${config.data}, but a database.`, todo) };
  }
  try {
    return { keys: loadKeyring(config) };
  } catch (error) {
    const todo = 'Make the data directory writable for this user, or name a key file in GATEHOUSE_KEYS.';
    return { fault: fault('keys', `The keys cannot be read: ${reasonOf(error)}.`, todo) };
  }
}
