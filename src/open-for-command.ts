import { existsSync } from 'node:fs';
import { type App, createApp } from './app.ts';
import type { Like } from './command-line/index.ts';
import { type Config, hasKeyring, loadKeyring, readEnvironment } from './config/index.ts';
import { type Keyring, nearest, systemClock } from './kernel/index.ts';
import { createLog } from './ops/index.ts';
import { type DatabaseAddress, databaseFile, openStore } from './store/index.ts';

/** The settings in the environment are not in order; the message says how. */
export class SettingsRefused extends Error {}

/**
 * The rooms, on the configured database; closed by the command when it is done. `creates`: where there is no database
 * yet, makes it; otherwise a command typed in the wrong directory would leave an empty one there.
 */
export async function openForCommand<T extends object>(
  choose: (app: App, mode: 'development' | 'production') => T,
  { creates = false }: { readonly creates?: boolean } = {},
): Promise<T & Required<Like> & { close(): Promise<void> }> {
  const { config, keyring, log } = settings(creates);
  if (!creates) await refuseEmptyServer(config, keyring);
  const demoOrigin = config.mode === 'development' ? { demoOrigin: `http://localhost:${config.demoPort}` } : {};
  const app = await createApp({ config, keyring, clock: systemClock, log, ...demoOrigin });
  return {
    ...choose(app, config.mode),
    ...likeIn(app),
    close: () => app.stop(),
  };
}

/** Of realms and portals the nearest name; of organizations the first whose name begins so, wherever it lies. */
function likeIn({ realms, people }: App): Required<Like> {
  const { organizations } = people.tenancy;
  const namesOf = async (realm: string, id: string) =>
    ((await organizations.lineOf(realm, id)) ?? []).map(({ name }) => name).join('/');
  return {
    realmLike: async (id) =>
      nearest(
        id,
        (await realms.list()).map((realm) => realm.id),
      ),
    portalLike: async (realm, clientId) =>
      nearest(
        clientId,
        (await realms.portals(realm)).map((portal) => portal.clientId),
      ),
    async organizationLike(realm, ref) {
      const name = ref.split('/').at(-1)?.trim() ?? '';
      const { items } = name === '' ? { items: [] } : await organizations.list({ realm, prefix: name, limit: 1 });
      return items[0] === undefined ? undefined : namesOf(realm, items[0].id);
    },
  };
}

/** All collections of the configured database, which is left as it is. `creates`: it is to be filled, or to be made. */
export async function openForCopying({ creates = false }: { readonly creates?: boolean } = {}) {
  const { config, keyring, log } = settings(creates);
  const { store, copying } = await createApp({ config, keyring, clock: systemClock, log, bootstraps: false });
  return {
    ...{ copying, clock: systemClock },
    async elsewhere(address: DatabaseAddress) {
      const other = await openStore({ ...address, keyring, clock: systemClock, log });
      for (const { declaration } of store.collections()) other.collection(declaration);
      return other;
    },
    close: () => store.close(),
  };
}

function settings(creates: boolean) {
  const read = readEnvironment();
  if (!read.ok) throw new SettingsRefused(read.faults.join('\n'));
  const { config } = read;
  const missing = creates ? undefined : whatIsMissing(config);
  if (missing !== undefined) throw new SettingsRefused(missing);
  return { config, keyring: loadKeyring(config), log: createLog({ level: config.logLevel ?? 'error' }) };
}

/** A name mistyped in the address would leave an empty database on the server. */
async function refuseEmptyServer({ database }: Config, keyring: Keyring): Promise<void> {
  if (database === undefined) return;
  const store = await openStore({ database, dataDir: '', keyring, clock: systemClock });
  try {
    if ((await store.copying.version()) !== undefined) return;
    // Never the whole address: there is a password in it.
    const name = decodeURIComponent(/^[^/]*\/\/[^/]*\/([^?]*)/.exec(database)?.[1] ?? '');
    const todo = 'look at its name in GATEHOUSE_DATABASE; a server makes it at its first start';
    throw new SettingsRefused(`there is nothing of Gatehouse in the database "${name}": ${todo}`);
  } finally {
    await store.close();
  }
}

function whatIsMissing(config: Config): string | undefined {
  const todo = 'go to the directory where Gatehouse runs, or set GATEHOUSE_DATA; a server makes it at its first start';
  if (config.database === undefined && !existsSync(databaseFile(config.data))) {
    return `there is no database in ${config.data}: ${todo}`;
  }
  return hasKeyring(config) ? undefined : `there are no keys in ${config.data}: ${todo}`;
}
