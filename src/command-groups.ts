import type { Command } from 'commander';
import type { App } from './app.ts';
import type { openForCommand } from './open-for-command.ts';

/** Commands that come from the same rooms. `commands`: first words, and what `gatehouse --help` says of them. */
interface CommandGroup {
  readonly commands: Readonly<Record<string, string>>;
  /**
   * Loads the commands. What they work on is opened when one of them runs, not before. `open`: on what; on what the
   * environment says when left out.
   */
  add(program: Command, open?: Open): Promise<void>;
}

export type Open = typeof openForCommand;

const hasRealm = ({ realms }: App) => ({ hasRealm: async (id: string) => (await realms.get(id)) !== undefined });

const personOf = ({ people }: App) => ({
  async personOf(realm: string, identifier: string) {
    return ((await people.find(realm, identifier)) ?? (await people.get(realm, identifier)))?.id;
  },
});

const asConfigured: Open = async (choose, options) =>
  (await import('./open-for-command.ts')).openForCommand(choose, options);

/** In the order in which they are listed. The rooms' own descriptions are the same (test/command-groups.test.ts). */
export const commandGroups: readonly CommandGroup[] = [
  {
    commands: {
      realm: 'login domains: their files, rules and looks',
      portal: 'relying parties of a realm',
    },
    async add(program, open = asConfigured) {
      const [{ realmCommands }, { registrationCommands }] = await Promise.all([
        import('./realm/commands.ts'),
        import('./oidc/commands.ts'),
      ]);
      realmCommands(program, (options) => open(({ realms }) => ({ realms }), options));
      registrationCommands(program, () =>
        open(({ oidc, realms }) => ({ tokens: oidc.registrationTokens, realm: (id: string) => realms.get(id) })),
      );
    },
  },
  {
    commands: {
      user: 'people of a realm',
      org: 'organizations of a realm, and what they are subscribed to',
      member: 'who belongs to an organization, and who administers a realm',
    },
    async add(program, open = asConfigured) {
      const { peopleCommands } = await import('./people/commands.ts');
      peopleCommands(program, async () => open((await import('./people-commands.ts')).peopleCommandsOf));
    },
  },
  {
    commands: { policy: 'rules of a realm: shown, changed, explained, tried' },
    async add(program, open = asConfigured) {
      const { policyCommands } = await import('./rulebook/commands.ts');
      policyCommands(program, async () => open((await import('./policy-commands.ts')).policyCommandsOf));
    },
  },
  {
    commands: { browser: 'browsers in which people signed in, and which are remembered' },
    async add(program, open = asConfigured) {
      const { browserCommands } = await import('./sign-in/commands.ts');
      browserCommands(program, () =>
        open((app) => ({
          ...hasRealm(app),
          ...personOf(app),
          browsers: app.signIn.admin.browsers,
          revoke: app.signIn.browsers.revoke,
        })),
      );
    },
  },
  {
    commands: { method: 'what people set up to prove who they are' },
    async add(program, open = asConfigured) {
      const [{ methodCommands }, { systemClock }] = await Promise.all([
        import('./sign-in/commands.ts'),
        import('./kernel/index.ts'),
      ]);
      methodCommands(program, () =>
        open((app) => ({
          ...hasRealm(app),
          ...{ people: app.people, methods: app.factors.methods, removing: app.guards.removing, clock: systemClock },
        })),
      );
    },
  },
  {
    commands: { rollout: 'requirements that come into force in waves' },
    async add(program, open = asConfigured) {
      const [{ rolloutCommands }, { systemClock }] = await Promise.all([
        import('./rollout/commands.ts'),
        import('./kernel/index.ts'),
      ]);
      rolloutCommands(program, () =>
        open(({ rollouts, realms, people }) => ({ rollouts, realms, people, clock: systemClock })),
      );
    },
  },
  {
    commands: { token: 'one-time-code generators of a realm, by Credential ID' },
    async add(program, open = asConfigured) {
      const { tokenCommands } = await import('./tokens/commands.ts');
      tokenCommands(program, async () => open((await import('./token-commands.ts')).tokenCommandsOf));
    },
  },
  {
    commands: {
      mail: 'the mail server',
      messages: 'messages on their way, and what codes by telephone may and do cost',
    },
    async add(program, open = asConfigured) {
      const [{ allowanceCommands, messagingCommands }, { systemClock }] = await Promise.all([
        import('./messaging/commands.ts'),
        import('./kernel/index.ts'),
      ]);
      const messages = messagingCommands(program, () =>
        open((app) => ({ messaging: app.messaging, ...hasRealm(app) })),
      );
      allowanceCommands(messages, () =>
        open(({ allowance, realms, people }) => ({
          ...{ allowance, realms, clock: systemClock },
          organizationNamed: people.tenancy.organizations.named,
        })),
      );
    },
  },
  {
    commands: { audit: 'the log of what happened in a realm' },
    async add(program, open = asConfigured) {
      const { auditCommands } = await import('./audit/commands.ts');
      auditCommands(program, () => open((app) => ({ audit: app.audit, ...hasRealm(app), ...personOf(app) })));
    },
  },
  {
    commands: { keys: 'the keys that sign what portals get from a realm' },
    async add(program, open = asConfigured) {
      const { keyCommands } = await import('./oidc/commands.ts');
      keyCommands(program, () => open((app) => ({ keys: app.oidc.keys, ...hasRealm(app) })));
    },
  },
  {
    commands: {
      backup: 'a whole, consistent copy in a new file, while servers run; sealing keys are not in it',
      restore: 'put a backup into an empty database; no server may run on it',
      move: 'carry everything to another database, and compare; run it again when it was cut off',
    },
    async add(program) {
      const { storeCommands } = await import('./store/commands.ts');
      storeCommands(program, async (options) => (await import('./open-for-command.ts')).openForCopying(options));
    },
  },
  {
    commands: {
      doctor: 'look at settings, files, keys, database, clock, memory, mail, proxies and realms, and say what to do',
    },
    async add(program) {
      const [{ doctorCommand }, { systemClock }] = await Promise.all([
        import('./ops/commands.ts'),
        import('./kernel/index.ts'),
      ]);
      doctorCommand(program, async () => {
        const { readEnvironment, readMemorySettings } = await import('./config/index.ts');
        return { read: readEnvironment(), clock: systemClock, memory: readMemorySettings() };
      });
    },
  },
];
