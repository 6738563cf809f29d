import { type Command, Option } from 'commander';
import {
  aboutPerson,
  inPages,
  type Json,
  labelOf,
  nobody,
  noOrganization,
  type Outcome,
  operator,
  type PageOptions,
  paged,
  pageOf,
  personOf,
  type RunInRealm,
  wrongUsage,
} from '../../command-line/index.ts';
import { table } from '../../kernel/index.ts';
import type { Role } from '../../policy/index.ts';
import { type PeopleCommandsContext, refusals } from '../commands-context.ts';
import type { User } from '../user.ts';
import type { Membership, Where } from './organization.ts';

const aboutOrg = 'id, or names from the top: "North/Client"; the realm itself when left out';
const role = () => new Option('--role <role>').choices(['owner', 'admin', 'member']);

/** `gatehouse member …`: roles in organizations, and on the realm itself. */
export function memberCommands(program: Command, run: RunInRealm<PeopleCommandsContext>): void {
  const member = program.command('member').description('who belongs to an organization, and who administers a realm');

  inPages(
    member
      .command('list')
      .description('members of an organization; without one, who administers the realm')
      .argument('<realm>')
      .option('--org <org>', aboutOrg)
      .option('--below', 'with everything below it'),
  )
    .option('--json')
    .action((realm: string, options: ListOptions & Json) =>
      run(realm, options, (context) => list(context, realm, options)),
    );

  member
    .command('add')
    .description('give a person a role; it is in force once they accepted it')
    .argument('<realm>')
    .argument('<identifier>', aboutPerson)
    .option('--org <org>', aboutOrg)
    .addOption(role().default('member'))
    .option('--accepted', 'in force at once')
    .option('--json')
    .action((realm: string, identifier: string, options: AddOptions & Json) =>
      run(realm, options, (context) =>
        about(context, realm, identifier, options.org, async (where, person) => {
          const wanted = { ...where, role: options.role, isAccepted: options.accepted === true };
          const added = await context.people.tenancy.memberships.add(wanted, operator);
          return added.ok
            ? said(options.accepted === true ? 'added' : 'invited', person, added.membership)
            : refuse(added, realm, person);
        }),
      ),
    );

  member
    .command('accept')
    .description('put an invitation in force for the person')
    .argument('<realm>')
    .argument('<identifier>', aboutPerson)
    .option('--org <org>', aboutOrg)
    .option('--json')
    .action((realm: string, identifier: string, options: { readonly org?: string } & Json) =>
      run(realm, options, (context) =>
        about(context, realm, identifier, options.org, async (where, person) => {
          const accepted = await context.people.tenancy.memberships.accept(where, operator);
          return accepted.ok ? said('accepted for', person, accepted.membership) : refuse(accepted, realm, person);
        }),
      ),
    );

  member
    .command('role')
    .description('change a role')
    .argument('<realm>')
    .argument('<identifier>', aboutPerson)
    .addOption(role().makeOptionMandatory())
    .option('--org <org>', aboutOrg)
    .option('--json')
    .action((realm: string, identifier: string, options: { readonly org?: string; readonly role: Role } & Json) =>
      run(realm, options, (context) =>
        about(context, realm, identifier, options.org, async (where, person) => {
          const changed = await context.people.tenancy.memberships.setRole(where, options.role, operator);
          return changed.ok ? said('changed', person, changed.membership) : refuse(changed, realm, person);
        }),
      ),
    );

  member
    .command('remove')
    .description('end a membership or an invitation')
    .argument('<realm>')
    .argument('<identifier>', aboutPerson)
    .option('--org <org>', aboutOrg)
    .option('--json')
    .action((realm: string, identifier: string, options: { readonly org?: string } & Json) =>
      run(realm, options, (context) =>
        about(context, realm, identifier, options.org, async (where, person) => {
          const removed = await context.people.tenancy.memberships.remove(where, operator);
          return removed.ok
            ? {
                lines: [`removed ${labelOf(person)}`],
                json: { user: person.id, organization: where.organization ?? null },
              }
            : refuse(removed, realm, person);
        }),
      ),
    );
}

interface AddOptions {
  readonly org?: string;
  readonly role: Role;
  readonly accepted?: boolean;
}

interface ListOptions extends PageOptions {
  readonly org?: string;
  readonly below?: boolean;
}

const refuse = ({ why }: { readonly why: keyof typeof refusals }, realm: string, person: User): Outcome => ({
  refused:
    why === 'absent'
      ? `${labelOf(person)} has no role there; see \`gatehouse user show ${realm} ${person.username ?? person.email ?? person.id}\``
      : refusals[why],
});

async function about(
  context: PeopleCommandsContext,
  realm: string,
  identifier: string,
  org: string | undefined,
  act: (where: Where, person: User) => Promise<Outcome>,
): Promise<Outcome> {
  const person = await personOf(context, realm, identifier);
  if (person === undefined) return nobody(realm, identifier);
  const found = org === undefined ? undefined : await context.people.tenancy.organizations.named(realm, org);
  if (org !== undefined && found === undefined) return noOrganization(realm, org);
  return act({ realm, userId: person.id, ...(found === undefined ? {} : { organization: found.id }) }, person);
}

const said = (what: string, person: User, membership: Membership): Outcome => ({
  lines: [`${what} ${labelOf(person)}: ${membership.role}`],
  json: summaryOf(membership),
});

async function list(context: PeopleCommandsContext, realm: string, options: ListOptions): Promise<Outcome> {
  if (options.below === true && options.org === undefined) return wrongUsage('--below needs --org');
  const found =
    options.org === undefined ? undefined : await context.people.tenancy.organizations.named(realm, options.org);
  if (options.org !== undefined && found === undefined) return noOrganization(realm, options.org);
  const { people } = context;
  const { memberships, organizations } = people.tenancy;
  const query = { realm, ...pageOf(options) };
  const page = await (found !== undefined && options.below === true
    ? memberships.below({ ...query, organization: found.id })
    : memberships.list({ ...query, ...(found === undefined ? {} : { organization: found.id }) }));
  const rows = await Promise.all(
    page.items.map(async ({ userId, organization, role: held, state }) => {
      const [person, of] = await Promise.all([
        people.get(realm, userId),
        organization === undefined ? undefined : organizations.get(realm, organization),
      ]);
      return [person === undefined ? userId : labelOf(person), held, state, of?.name ?? '-'];
    }),
  );
  const empty = found === undefined ? `nobody administers realm "${realm}" itself` : 'no members';
  const lines = rows.length === 0 ? [empty] : table([['PERSON', 'ROLE', 'STATE', 'ORGANIZATION'], ...rows]);
  return paged(lines, page.items.map(summaryOf), page.next);
}

const summaryOf = ({ userId, organization, role: held, state }: Membership) => ({
  user: userId,
  organization: organization ?? null,
  role: held,
  state,
});
