/** `gatehouse <command>`: what operators and scripts do. Exit code 0: done; 1: refused; 2: wrong usage. */
import { Command, CommanderError } from 'commander';
import { type App, createApp } from './app.ts';
import { auditCommands } from './audit/index.ts';
import { loadKeyring, readEnvironment } from './config/index.ts';
import { GatehouseError, systemClock } from './kernel/index.ts';
import { messagingCommands } from './messaging/index.ts';
import { keyCommands, registrationCommands } from './oidc/index.ts';
import { createLog, doctorCommand } from './ops/index.ts';
import { peopleCommands } from './people/index.ts';
import { realmCommands } from './realm/index.ts';
import { type DatabaseAddress, openStore, storeCommands } from './store/index.ts';

class Refused extends Error {}

const program = new Command('gatehouse')
  .description('An OpenID Connect identity provider. Works on the same settings (GATEHOUSE_…) as the server.')
  .exitOverride()
  .showHelpAfterError('(see --help)');

realmCommands(program, async () => open(({ realms }) => ({ realms })));
peopleCommands(program, async () =>
  open(({ people, realms }, mode) => ({
    people,
    mode,
    hasRealm: async (id: string) => (await realms.get(id)) !== undefined,
  })),
);
messagingCommands(program, async () => open(({ messaging }) => ({ messaging })));
auditCommands(program, async () =>
  open(({ audit, realms }) => ({ audit, hasRealm: async (id: string) => (await realms.get(id)) !== undefined })),
);
keyCommands(program, async () =>
  open(({ oidc, realms }) => ({
    keys: oidc.keys,
    hasRealm: async (id: string) => (await realms.get(id)) !== undefined,
  })),
);
registrationCommands(program, async () =>
  open(({ oidc, realms }) => ({ tokens: oidc.registrationTokens, realm: (id: string) => realms.get(id) })),
);
storeCommands(program, openForCopying);
doctorCommand(program, () => ({ read: readEnvironment(), clock: systemClock }));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** All collections of the configured database, which is left as it is. */
async function openForCopying() {
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

/** The rooms, on the configured database; closed by the command when it is done. */
async function open<T extends object>(
  choose: (app: App, mode: 'development' | 'production') => T,
): Promise<T & { close(): Promise<void> }> {
  const { config, keyring, log } = settings();
  const demoOrigin = config.mode === 'development' ? { demoOrigin: `http://localhost:${config.demoPort}` } : {};
  const app = await createApp({ config, keyring, clock: systemClock, log, ...demoOrigin });
  return { ...choose(app, config.mode), close: () => app.stop() };
}

function settings() {
  const read = readEnvironment();
  if (!read.ok) throw new Refused(read.faults.join('\n'));
  const { config } = read;
  return { config, keyring: loadKeyring(config), log: createLog({ level: config.logLevel ?? 'error' }) };
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const isExpected = error instanceof Refused || error instanceof GatehouseError;
  process.stderr.write(
    `gatehouse: ${isExpected ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  return 1;
}
