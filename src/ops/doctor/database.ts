import { existsSync } from 'node:fs';
import type { Config } from '../../config/index.ts';
import type { Clock, Keyring } from '../../kernel/index.ts';
import { createRealms, type Portal, type Realm } from '../../realm/index.ts';
import { databaseFile, type Inspection, openStore, type Store } from '../../store/index.ts';
import { type Finding, fault, note, ok, warning } from './finding.ts';
import { reasonOf } from './reason.ts';

export interface DatabaseFindings {
  readonly findings: readonly Finding[];
  /** Undefined: they could not be read. */
  readonly realms?: readonly Realm[];
  readonly inspection?: Inspection;
}

/** Opens the database as the server would, and only reads: nothing is made, nothing migrated. */
export async function checkDatabase(
  config: Pick<Config, 'data' | 'database' | 'origin' | 'mode'>,
  { keyring, clock }: { readonly keyring: Keyring; readonly clock: Clock },
): Promise<DatabaseFindings> {
  const file = databaseFile(config.data);
  if (config.database === undefined && !existsSync(file)) {
    return { findings: [note('database', `There is no database yet: ${file} is made at the first start.`)] };
  }
  let store: Store | undefined;
  try {
    store = await openStore({ database: config.database ?? '', dataDir: config.data, keyring, clock });
    const inspection = await store.inspect();
    const read = await readRealms(store, config.origin, clock);
    return { ...read, inspection, findings: [...findingsOf(inspection, config.mode), ...read.findings] };
  } catch (error) {
    const says = `The database cannot be used: ${reasonOf(error)}.`;
    const todo =
      config.database === undefined
        ? `Look whether ${file} is readable for this user, and whether another program holds it.`
        : 'Check GATEHOUSE_DATABASE: hosts, user, password, and whether this machine may reach them.';
    return { findings: [fault('database', says, todo)] };
  } finally {
    await store?.close();
  }
}

function findingsOf({ engine, topology, isIntact }: Inspection, mode: Config['mode']): Finding[] {
  if (engine === 'sqlite') {
    if (isIntact === true) return [ok('database', 'SQLite answers, and its file is in order.')];
    return [fault('database', 'The SQLite file is damaged.', 'Stop the server and restore the last backup.')];
  }
  if (topology !== 'standalone') return [ok('database', `MongoDB answers (${topology ?? 'unknown topology'}).`)];
  const says = 'MongoDB is a single server: what it acknowledged is lost with its disk.';
  return mode === 'production'
    ? [warning('database', says, 'Make it a replica set of three.')]
    : [ok('database', 'MongoDB answers (a single server).')];
}

/** Portals hold sealed secrets: reading them shows whether the keys are the right ones. */
async function readRealms(store: Store, origin: string, clock: Clock) {
  const rooms = createRealms({ store, clock, origin });
  try {
    const realms = await rooms.list();
    const portals: Portal[] = [];
    for (const realm of realms) portals.push(...(await rooms.portals(realm.id)));
    const says =
      portals.length === 0
        ? 'The keys were read; nothing is sealed with them yet.'
        : 'The keys open what is sealed in the database.';
    return { realms, findings: [ok('keys', says)] };
  } catch (error) {
    const reason = reasonOf(error);
    if (/seal|authenticate/i.test(reason)) {
      const todo =
        'Set GATEHOUSE_KEYS to the file with the keys it was sealed with; new keys go on top of the old ones.';
      return { findings: [fault('keys', `What is sealed in the database does not open: ${reason}.`, todo)] };
    }
    const todo = 'Start the server once, so that the collections are made; then look at its log.';
    return { findings: [fault('database', `Realms cannot be read: ${reason}.`, todo)] };
  }
}
