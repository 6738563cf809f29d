import type { Command } from 'commander';
import type { Clock } from '../../kernel/index.ts';
import type { Realm, Realms } from '../../realm/index.ts';
import type { AllowanceDesk } from './create-allowance.ts';

/** What the commands work on, opened when one of them runs. */
export interface AllowanceCommandsContext {
  readonly allowance: AllowanceDesk;
  readonly realms: Pick<Realms, 'get' | 'list'>;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** What a command answers: lines for people, a value for programs; or why it did nothing. */
export type Outcome = { readonly lines: readonly string[]; readonly json: unknown } | { readonly refused: string };

export type Run = (
  json: boolean | undefined,
  act: (context: AllowanceCommandsContext) => Promise<Outcome>,
) => Promise<void>;

/** Exit code 0: done; 1: refused, with the reason on stderr. */
export function createRun(program: Command, open: () => Promise<AllowanceCommandsContext>): Run {
  const io = program.configureOutput();
  return async (json, act) => {
    const context = await open();
    try {
      const outcome = await act(context);
      if ('refused' in outcome) {
        io.writeErr?.(`gatehouse: ${outcome.refused}\n`);
        process.exitCode = 1;
      } else {
        const { lines } = outcome;
        io.writeOut?.(json === true ? `${JSON.stringify(outcome.json)}\n` : lines.map((line) => `${line}\n`).join(''));
      }
    } finally {
      await context.close();
    }
  };
}

/** The realm of that name, or all; undefined: there is none of that name. */
export async function chosenRealms(
  { realms }: AllowanceCommandsContext,
  id: string | undefined,
): Promise<readonly Realm[] | undefined> {
  if (id === undefined) return realms.list();
  const realm = await realms.get(id);
  return realm === undefined ? undefined : [realm];
}

export const noRealm = (id = ''): Outcome => ({ refused: `there is no realm "${id}"; see \`gatehouse realm list\`` });
