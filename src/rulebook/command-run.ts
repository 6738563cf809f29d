import type { Command } from 'commander';
import type { Audit } from '../audit/index.ts';
import type { Clock } from '../kernel/index.ts';
import { idInFile, type People, type User } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { Simulator } from '../simulator/index.ts';
import type { Rulebook } from './rulebook.ts';

/** What the commands work on, opened when one of them runs. */
export interface PolicyCommandsContext {
  readonly rulebook: Rulebook;
  readonly simulator: Simulator;
  readonly realms: Realms;
  readonly people: People;
  readonly audit: Pick<Audit, 'list'>;
  readonly clock: Clock;
  close(): Promise<void>;
}

/** What a command answers: lines for people, a value for programs; or why it did nothing (`isUsage`: it was asked wrong). */
export type Outcome =
  | { readonly lines: readonly string[]; readonly json: unknown }
  | { readonly refused: readonly string[]; readonly json?: unknown; readonly isUsage?: boolean };

export interface Json {
  readonly json?: boolean;
}

export type Run = (
  realm: string,
  options: Json,
  act: (context: PolicyCommandsContext) => Promise<Outcome>,
) => Promise<void>;

/** Exit code 0: done; 1: refused, with the reason on stderr; 2: wrong usage. */
export function createRun(program: Command, open: () => Promise<PolicyCommandsContext>): Run {
  const io = program.configureOutput();
  return async (realm, { json = false }, act) => {
    const context = await open();
    try {
      const outcome: Outcome =
        (await context.realms.get(realm)) === undefined
          ? { refused: [`there is no realm "${realm}"; see \`gatehouse realm list\``] }
          : await act(context);
      if (json && outcome.json !== undefined) io.writeOut?.(`${JSON.stringify(outcome.json)}\n`);
      if ('lines' in outcome) {
        if (!json) io.writeOut?.(outcome.lines.map((line) => `${line}\n`).join(''));
        return;
      }
      io.writeErr?.(outcome.refused.map((line) => `gatehouse: ${line}\n`).join(''));
      process.exitCode = outcome.isUsage === true ? 2 : 1;
    } finally {
      await context.close();
    }
  };
}

export const wrongUsage = (...refused: readonly string[]): Outcome => ({ refused, isUsage: true });

/** By email, user name or id. */
export async function personOf({ people }: PolicyCommandsContext, realm: string, identifier: string) {
  return (await people.find(realm, identifier)) ?? (await people.get(realm, identifier));
}

export const labelOf = (person: User): string =>
  [person.name, person.email ?? person.username].filter(Boolean).join(', ');

export const nobody = (realm: string, identifier: string): Outcome => ({
  refused: [`nobody in "${realm}" is known as "${identifier}"; see \`gatehouse user list ${realm}\``],
});

/** By id, as a realm file calls it, or by names from the top with slashes between. */
export async function organizationOf({ people }: PolicyCommandsContext, realm: string, ref: string) {
  const { organizations } = people.tenancy;
  return (
    (await organizations.get(realm, ref)) ??
    (await organizations.get(realm, idInFile(realm, ref))) ??
    (await organizations.find(
      realm,
      ref.split('/').map((name) => name.trim()),
    ))
  );
}

export const noOrganization = (realm: string, ref: string): Outcome => ({
  refused: [`there is no organization "${ref}" in "${realm}"; see \`gatehouse org list ${realm}\``],
});

export const noPortal = (realm: string, portal: string): Outcome => ({
  refused: [`realm "${realm}" has no portal "${portal}"; see \`gatehouse portal list ${realm}\``],
});
