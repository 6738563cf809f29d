import type { Command } from 'commander';
import type { Actor, RealmAdmin } from './realm.ts';

/** What the commands work on, opened when one of them runs. */
export interface RealmCommandsContext {
  readonly realms: RealmAdmin;
  close(): Promise<void>;
}

/** What a command answers: lines for people, a value for programs; or why it did nothing. */
export type Outcome =
  | { readonly lines: readonly string[]; readonly json: unknown }
  | { readonly refused: readonly string[]; readonly json?: unknown };

export interface Json {
  readonly json?: boolean;
}

export type Run = (options: Json, act: (realms: RealmAdmin) => Promise<Outcome>) => Promise<void>;

export const operator: Actor = { kind: 'operator' };

/** Exit code 0: done; 1: refused, with the reason on stderr. */
export function createRun(program: Command, open: () => Promise<RealmCommandsContext>): Run {
  const io = program.configureOutput();
  return async ({ json = false }, act) => {
    const context = await open();
    try {
      const outcome = await act(context.realms);
      if (json && outcome.json !== undefined) io.writeOut?.(`${JSON.stringify(outcome.json)}\n`);
      if ('lines' in outcome) {
        if (!json) io.writeOut?.(outcome.lines.map((line) => `${line}\n`).join(''));
        return;
      }
      io.writeErr?.(outcome.refused.map((line) => `gatehouse: ${line}\n`).join(''));
      process.exitCode = 1;
    } finally {
      await context.close();
    }
  };
}

export const noRealm = (id: string): Outcome => ({
  refused: [`there is no realm "${id}"; see \`gatehouse realm list\``],
});

export const noPortal = (realm: string): Outcome => ({
  refused: [`no such portal; see \`gatehouse portal list ${realm}\``],
});
