import type { Command } from 'commander';
import type { Actor, People, User } from './user.ts';

/** What the commands work on, opened when one of them runs. */
export interface PeopleCommandsContext {
  readonly people: People;
  readonly mode: 'development' | 'production';
  hasRealm(realm: string): Promise<boolean>;
  hasPortal(realm: string, clientId: string): Promise<boolean>;
  close(): Promise<void>;
}

export type Open = () => Promise<PeopleCommandsContext>;

/** What a command answers: lines for people, a value for programs; or why it did nothing. */
export type Outcome = { readonly lines: readonly string[]; readonly json: unknown } | { readonly refused: string };

export interface Json {
  readonly json?: boolean;
}

export type Run = (
  realm: string,
  json: boolean,
  act: (context: PeopleCommandsContext) => Promise<Outcome>,
) => Promise<void>;

export const operator: Actor = { kind: 'operator' };

export function createRun(program: Command, open: Open): Run {
  const io = program.configureOutput();
  return async (realm, json, act) => {
    const context = await open();
    try {
      const outcome: Outcome = (await context.hasRealm(realm))
        ? await act(context)
        : { refused: `there is no realm "${realm}"; see \`gatehouse realm list\`` };
      if ('refused' in outcome) {
        io.writeErr?.(`gatehouse: ${outcome.refused}\n`);
        process.exitCode = 1;
      } else {
        io.writeOut?.(json ? `${JSON.stringify(outcome.json)}\n` : outcome.lines.map((line) => `${line}\n`).join(''));
      }
    } finally {
      await context.close();
    }
  };
}

export const refusals = {
  absent: 'that is not there (any more)',
  no_parent: 'there is no such organization to put it below',
  name_invalid: 'a name is one line of visible text, 200 characters at most',
  name_taken: 'another organization beside it has that name',
  id_taken: 'another organization has that id',
  too_deep: 'organizations are ten levels deep at most',
  cycle: 'an organization cannot be moved below itself',
  has_children: 'there are organizations below it; move or remove them first',
  has_members: 'it has members; remove them first with `gatehouse member remove`',
  no_organization: 'there is no such organization; see `gatehouse org list`',
  no_person: 'there is no such person; see `gatehouse user list`',
  already: 'nothing to do: it is so already',
  last_admin:
    'nobody else who can sign in administers the realm; give somebody that role first with `gatehouse member add --role owner`',
  strands_admins:
    'nobody who administers the realm could sign in any more under the rules there; see `gatehouse policy explain`',
  role_of_realm: 'on the realm itself one is `owner` or `admin`; name an organization with --org',
} as const;

export const nobody = (realm: string, identifier: string): Outcome => ({
  refused: `nobody in "${realm}" is known as "${identifier}"; see \`gatehouse user list ${realm}\``,
});

/** By email, user name or id. */
export async function personOf({ people }: PeopleCommandsContext, realm: string, identifier: string) {
  return (await people.find(realm, identifier)) ?? (await people.get(realm, identifier));
}

export const labelOf = (person: User) => [person.name, person.email ?? person.username].filter(Boolean).join(', ');

/** A whole number from 1 to 500, or undefined. */
export function limitOf(text: string): number | undefined {
  const limit = Number(text);
  return Number.isInteger(limit) && limit >= 1 && limit <= 500 ? limit : undefined;
}
