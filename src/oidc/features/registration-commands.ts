import { type Command, InvalidArgumentError } from 'commander';
import type { Realm } from '../../realm/index.ts';
import type { InitialAccessTokens } from './initial-access-tokens.ts';

/** What the command works on, opened when it runs. */
export interface RegistrationCommandsContext {
  readonly tokens: Pick<InitialAccessTokens, 'issue'>;
  realm(id: string): Promise<Realm | undefined>;
  close(): Promise<void>;
}

const hourS = 3_600;

/** `gatehouse portal registration-token REALM`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function registrationCommands(program: Command, open: () => Promise<RegistrationCommandsContext>): void {
  const io = program.configureOutput();
  const portal = program.commands.find((command) => command.name() === 'portal') ?? program.command('portal');
  portal
    .command('registration-token')
    .description('an initial access token: whoever has it may register one portal by dynamic client registration')
    .argument('<realm>')
    .option('--hours <hours>', 'how long it works, 1 to 720', hours, 24)
    .option('--json')
    .action(async (id: string, options: { hours: number; json?: boolean }) => {
      const context = await open();
      try {
        const realm = await context.realm(id);
        const why =
          realm === undefined
            ? `there is no realm "${id}"; see \`gatehouse realm list\``
            : realm.registration?.enabled === true
              ? undefined
              : `realm "${id}" takes no registrations; set registration.enabled`;
        if (why !== undefined) {
          io.writeErr?.(`gatehouse: ${why}\n`);
          process.exitCode = 1;
          return;
        }
        const issued = await context.tokens.issue(id, options.hours * hourS, { kind: 'operator' });
        io.writeOut?.(options.json === true ? `${JSON.stringify(issued)}\n` : `${issued.token}\n`);
      } finally {
        await context.close();
      }
    });
}

function hours(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 720) throw new InvalidArgumentError('1 to 720 hours');
  return value;
}
