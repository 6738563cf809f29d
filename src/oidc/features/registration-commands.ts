import { type Command, InvalidArgumentError } from 'commander';
import { createRun, type Json, noRealm, operator } from '../../command-line/index.ts';
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
  const run = createRun(program, open);
  const portal = program.commands.find((command) => command.name() === 'portal') ?? program.command('portal');
  portal
    .command('registration-token')
    .description('an initial access token: whoever has it may register one portal by dynamic client registration')
    .argument('<realm>')
    .option('--hours <hours>', 'how long it works, 1 to 720', hours, 24)
    .option('--json')
    .action((id: string, options: Json & { readonly hours: number }) =>
      run(options, async (context) => {
        const realm = await context.realm(id);
        if (realm === undefined) return noRealm(id);
        if (realm.registration?.enabled !== true)
          return {
            refused: `realm "${id}" takes no registrations; allow them with \`gatehouse realm set ${id} registration.enabled true\``,
          };
        const issued = await context.tokens.issue(id, options.hours * hourS, operator);
        return { lines: [issued.token], json: issued };
      }),
    );
}

function hours(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 720) throw new InvalidArgumentError('1 to 720 hours');
  return value;
}
