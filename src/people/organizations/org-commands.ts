import type { Command } from 'commander';
import {
  inPages,
  type Json,
  noOrganization,
  noPortal,
  type Outcome,
  operator,
  type PageOptions,
  paged,
  pageOf,
  type RunInRealm,
  wrongUsage,
} from '../../command-line/index.ts';
import { table } from '../../kernel/index.ts';
import { type PeopleCommandsContext, refusals } from '../commands-context.ts';
import type { Organization } from './organization.ts';

const aboutOrg = 'id, or names from the top: "North/Client"';
const resolve = ({ people }: PeopleCommandsContext, realm: string, ref: string) =>
  people.tenancy.organizations.named(realm, ref);

/** `gatehouse org …` */
export function orgCommands(program: Command, run: RunInRealm<PeopleCommandsContext>): void {
  const org = program.command('org').description('organizations of a realm, and what they are subscribed to');

  inPages(
    org
      .command('list')
      .description('in order of name')
      .argument('<realm>')
      .option('--below <org>', 'only what is below it')
      .option('--prefix <text>', 'of the name'),
  )
    .option('--json')
    .action((realm: string, options: ListOptions & Json) =>
      run(realm, options, (context) => list(context, realm, options)),
    );

  org
    .command('show')
    .description('one organization: where it is, its rules, subscriptions and who looks after it')
    .argument('<realm>')
    .argument('<org>', aboutOrg)
    .option('--json')
    .action((realm: string, ref: string, options: Json) => run(realm, options, (context) => show(context, realm, ref)));

  org
    .command('add')
    .description('a new organization')
    .argument('<realm>')
    .argument('<name>')
    .option('--below <org>', aboutOrg)
    .option('--json')
    .action((realm: string, name: string, options: { readonly below?: string } & Json) =>
      run(realm, options, async (context) => {
        const parent = options.below === undefined ? undefined : await resolve(context, realm, options.below);
        if (options.below !== undefined && parent === undefined) return noOrganization(realm, options.below);
        const below = parent === undefined ? {} : { parent: parent.id };
        const added = await context.people.tenancy.organizations.add({ realm, name, ...below }, operator);
        return added.ok ? done('added', added.organization) : { refused: refusals[added.why] };
      }),
    );

  org
    .command('rename')
    .description('give it another name; its id stays')
    .argument('<realm>')
    .argument('<org>', aboutOrg)
    .argument('<name>')
    .option('--json')
    .action((realm: string, ref: string, name: string, options: Json) =>
      run(realm, options, async (context) => {
        const found = await resolve(context, realm, ref);
        if (found === undefined) return noOrganization(realm, ref);
        const renamed = await context.people.tenancy.organizations.change(realm, found.id, () => ({ name }), operator);
        return renamed.ok ? done('renamed', renamed.organization) : { refused: refusals[renamed.why] };
      }),
    );

  org
    .command('move')
    .description('with everything below it; rights move along at once')
    .argument('<realm>')
    .argument('<org>', aboutOrg)
    .option('--below <org>', 'where to')
    .option('--top', 'below none')
    .option('--json')
    .action((realm: string, ref: string, options: { readonly below?: string; readonly top?: boolean } & Json) =>
      run(realm, options, (context) => move(context, realm, ref, options)),
    );

  org
    .command('remove')
    .description('one without members and without organizations below it')
    .argument('<realm>')
    .argument('<org>', aboutOrg)
    .option('--json')
    .action((realm: string, ref: string, options: Json) =>
      run(realm, options, async (context) => {
        const found = await resolve(context, realm, ref);
        if (found === undefined) return noOrganization(realm, ref);
        const removed = await context.people.tenancy.organizations.remove(realm, found.id, operator);
        return removed.ok ? done('removed', found) : { refused: refusals[removed.why] };
      }),
    );

  for (const [name, verb, about] of [
    ['subscribe', 'add', 'an organization to a portal, whose rules bind its members from then on'],
    ['unsubscribe', 'remove', 'an organization from a portal'],
  ] as const) {
    org
      .command(name)
      .description(about)
      .argument('<realm>')
      .argument('<org>', aboutOrg)
      .argument('<portal>', 'client id')
      .option('--json')
      .action((realm: string, ref: string, portal: string, options: Json) =>
        run(realm, options, async (context) => {
          const found = await resolve(context, realm, ref);
          if (found === undefined) return noOrganization(realm, ref);
          if (verb === 'add' && !(await context.hasPortal(realm, portal))) return noPortal(realm, portal);
          const key = { realm, portal, kind: 'organization', holder: found.id } as const;
          const changed = await context.people.tenancy.subscriptions[verb](key, operator);
          return changed.ok
            ? { lines: [`${name}d ${found.name}: ${portal}`], json: { organization: found.id, portal } }
            : { refused: refusals[changed.why] };
        }),
      );
  }
}

interface ListOptions extends PageOptions {
  readonly below?: string;
  readonly prefix?: string;
}

async function list(context: PeopleCommandsContext, realm: string, options: ListOptions): Promise<Outcome> {
  const { organizations } = context.people.tenancy;
  const query = { realm, ...pageOf(options) };
  const above = options.below === undefined ? undefined : await resolve(context, realm, options.below);
  if (options.below !== undefined && above === undefined) return noOrganization(realm, options.below);
  const page = await (above === undefined
    ? organizations.list({ ...query, ...(options.prefix === undefined ? {} : { prefix: options.prefix }) })
    : organizations.below({ ...query, organization: above.id }));
  const rows = await Promise.all(page.items.map(async (each) => [each.name, await pathNames(context, each), each.id]));
  const lines = rows.length === 0 ? ['no organizations'] : table([['NAME', 'BELOW', 'ID'], ...rows]);
  return paged(lines, page.items.map(summaryOf), page.next);
}

async function show(context: PeopleCommandsContext, realm: string, ref: string): Promise<Outcome> {
  const found = await resolve(context, realm, ref);
  if (found === undefined) return noOrganization(realm, ref);
  const { memberships, subscriptions } = context.people.tenancy;
  const portals = await subscriptions.of(realm, found.id);
  const members = await memberships.list({ realm, organization: found.id, limit: 500 });
  const count = (role: string) => members.items.filter((each) => each.role === role).length;
  const counts = { owners: count('owner'), admins: count('admin'), members: count('member') };
  const rules = Object.entries(found.policy).map(([rule, value]) => `${rule} ${JSON.stringify(value)}`);
  return {
    lines: table([
      ['name', found.name],
      ['id', found.id],
      ['below', await pathNames(context, found)],
      ['portals', portals.join(', ') || '-'],
      ['people', `${counts.owners} owners, ${counts.admins} admins, ${counts.members} members`],
      ...(rules.length === 0 ? [['rules', '-']] : rules.map((rule, at) => [at === 0 ? 'rules' : '', rule])),
    ]),
    json: { ...summaryOf(found), policy: found.policy, portals, ...counts },
  };
}

async function move(
  context: PeopleCommandsContext,
  realm: string,
  ref: string,
  { below, top }: { readonly below?: string; readonly top?: boolean },
): Promise<Outcome> {
  if ((below === undefined) === (top !== true)) return wrongUsage('say where to: --below <org>, or --top');
  const found = await resolve(context, realm, ref);
  if (found === undefined) return noOrganization(realm, ref);
  const to = below === undefined ? undefined : await resolve(context, realm, below);
  if (below !== undefined && to === undefined) return noOrganization(realm, below);
  const moved = await context.people.tenancy.organizations.move(realm, found.id, to?.id, operator);
  return moved.ok ? done('moved', found) : { refused: refusals[moved.why] };
}

const done = (what: string, organization: Organization): Outcome => ({
  lines: [`${what} ${organization.name} (${organization.id})`],
  json: summaryOf(organization),
});

const summaryOf = ({ id, name, parent }: Organization) => ({ id, name, parent: parent ?? null });

/** Names of what is above, from the top; `-` for none. */
async function pathNames({ people }: PeopleCommandsContext, { realm, id }: Organization): Promise<string> {
  const line = (await people.tenancy.organizations.lineOf(realm, id)) ?? [];
  return (
    line
      .slice(0, -1)
      .map(({ name }) => name)
      .join(' / ') || '-'
  );
}
