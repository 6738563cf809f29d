import { type App, createApp } from './app.ts';
import { loadKeyring, readEnvironment } from './config/index.ts';
import { systemClock } from './kernel/index.ts';
import { createLog } from './ops/index.ts';
import { type DatabaseAddress, openStore } from './store/index.ts';

/** The settings in the environment are not in order; the message says how. */
export class SettingsRefused extends Error {}

/** The rooms, on the configured database; closed by the command when it is done. */
export async function openForCommand<T extends object>(
  choose: (app: App, mode: 'development' | 'production') => T,
): Promise<T & { close(): Promise<void> }> {
  const { config, keyring, log } = settings();
  const demoOrigin = config.mode === 'development' ? { demoOrigin: `http://localhost:${config.demoPort}` } : {};
  const app = await createApp({ config, keyring, clock: systemClock, log, ...demoOrigin });
  return { ...choose(app, config.mode), close: () => app.stop() };
}

/** All collections of the configured database, which is left as it is. */
export async function openForCopying() {
  const { config, keyring, log } = settings();
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

function settings() {
  const read = readEnvironment();
  if (!read.ok) throw new SettingsRefused(read.faults.join('\n'));
  const { config } = read;
  return { config, keyring: loadKeyring(config), log: createLog({ level: config.logLevel ?? 'error' }) };
}
