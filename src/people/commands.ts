import { text } from 'node:stream/consumers';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  aboutPerson,
  createRunInRealm,
  inPages,
  type Json,
  labelOf,
  nobody,
  type Outcome,
  operator,
  type PageOptions,
  paged,
  pageOf,
  personOf,
  wrongUsage,
} from '../command-line/index.ts';
import { GatehouseError, table } from '../kernel/index.ts';
import { type PeopleCommandsContext, refusals } from './commands-context.ts';
import { memberCommands } from './organizations/member-commands.ts';
import { orgCommands } from './organizations/org-commands.ts';
import { userSubscriptionCommands } from './organizations/user-subscription-commands.ts';
import { stateOf, summaryOf } from './person-lines.ts';

export type { PeopleCommandsContext, Portrait } from './commands-context.ts';

const longestPassword = 16_384;

const invitationRefusals = {
  identifier_taken: 'that email or user name belongs to somebody else; find them with `gatehouse user list`',
  identifier_invalid: 'that is not an email address (or user name) that can be used',
  name_invalid: '--name is one line of visible text, 200 characters at most',
  has_password: 'this person has a password already; they can sign in',
  disabled: 'this person is disabled; enable them first with `gatehouse user enable`',
} as const;

const changes = [
  { change: 'disable', done: 'disabled', about: 'shut a person out and end their sessions' },
  { change: 'enable', done: 'enabled', about: 'let a disabled person in again' },
  { change: 'unlock', done: 'unlocked', about: 'lift the holds that wrong passwords and codes brought' },
] as const;

/** `gatehouse user …`, `org …`, `member …`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function peopleCommands(program: Command, open: () => Promise<PeopleCommandsContext>): void {
  const user = program.command('user').description('people of a realm');
  const run = createRunInRealm(program, open, (context, realm) => context.hasRealm(realm));

  user
    .command('add')
    .description('add a person: invited by mail, or with a password from standard input (development only)')
    .argument('<realm>')
    .requiredOption('--name <name>')
    .option('--email <address>')
    .option('--username <name>')
    .option('--locale <tag>', 'language of pages and messages, such as de or pt-BR', readLocale)
    .option('--time-zone <zone>', 'IANA zone of times in pages and messages, such as Europe/Berlin', readZone)
    .option('--password-stdin', 'read a password from standard input; development only')
    .option('--json')
    .action((realm: string, options: AddOptions) =>
      run(realm, options, (context) =>
        options.passwordStdin === true ? create(context, realm, options) : add(context, realm, options),
      ),
    );

  user
    .command('invite')
    .description('send (again) the mail with which a person sets their first password; adds somebody new')
    .argument('<realm>')
    .argument('<email>')
    .option('--name <name>', 'for somebody new')
    .option('--json')
    .action((realm: string, email: string, options: { name?: string; json?: boolean }) =>
      run(realm, options, async (context) => {
        const isKnown = (await context.people.find(realm, email)) !== undefined;
        if (!isKnown && options.name === undefined)
          return { refused: `nobody in "${realm}" has the address ${email}; add them with --name "Their Name"` };
        return invite(context, realm, { ...options, name: options.name ?? email, email });
      }),
    );

  for (const { change, done, about } of changes) {
    user
      .command(change)
      .description(about)
      .argument('<realm>')
      .argument('<identifier>', aboutPerson)
      .option('--json')
      .action((realm: string, identifier: string, options: { json?: boolean }) =>
        run(realm, options, async ({ people }) => {
          const found = await personOf({ people }, realm, identifier);
          if (found === undefined) return nobody(realm, identifier);
          const changed = await people[change](realm, found.id, operator).catch(lastAdmin);
          if (changed === 'last_admin') return { refused: refusals.last_admin };
          return changed === undefined
            ? nobody(realm, identifier)
            : { lines: [`${done} ${labelOf(changed)}`], json: summaryOf(changed) };
        }),
      );
  }

  user
    .command('addresses')
    .description('which further addresses are told of changes to an account: shown, or set')
    .argument('<realm>')
    .argument('<identifier>', aboutPerson)
    .argument('[addresses...]', 'in the place of those before; five at most')
    .option('--clear', 'none any more')
    .option('--json')
    .action((realm: string, identifier: string, addresses: string[], options: AddressesOptions) =>
      run(realm, options, async ({ people }) => {
        if (options.clear === true && addresses.length > 0) return wrongUsage('name addresses, or give --clear');
        const found = await personOf({ people }, realm, identifier);
        if (found === undefined) return nobody(realm, identifier);
        const isChange = options.clear === true || addresses.length > 0;
        const set = isChange ? await people.setAddresses(realm, found.id, addresses, operator) : undefined;
        if (set?.ok === false)
          return set.why === 'invalid' ? { refused: 'give email addresses, five at most' } : nobody(realm, identifier);
        const user = set?.user ?? found;
        const { addressesOf } = await import('./addresses.ts');
        const told = addressesOf(user);
        return {
          lines: [`${labelOf(user)}: ${told.length === 0 ? 'nobody is told' : `told are ${told.join(', ')}`}`],
          json: { ...summaryOf(user), addresses: told },
        };
      }),
    );

  user
    .command('show')
    .description('who somebody is: state, methods, roles, wrong guesses, last sign-in, rules')
    .argument('<realm>')
    .argument('<identifier>', aboutPerson)
    .option('--json')
    .action((realm: string, identifier: string, options: Json) =>
      run(realm, options, async (context) => {
        const found = await personOf(context, realm, identifier);
        if (found === undefined) return nobody(realm, identifier);
        const { showPerson } = await import('./show-command.ts');
        return showPerson(context, realm, found);
      }),
    );

  inPages(
    user
      .command('list')
      .description('in order of name')
      .argument('<realm>')
      .addOption(new Option('--by <what>', 'in that order').choices(['name', 'email', 'username']).default('name'))
      .option('--prefix <text>', 'of the name, or of what --by names'),
  )
    .option('--json')
    .action((realm: string, options: ListOptions) => run(realm, options, (context) => list(context, realm, options)));

  userSubscriptionCommands(user, run);
  orgCommands(program, run);
  memberCommands(program, run);
}

/** The one thing of these that is refused by being thrown. */
function lastAdmin(error: unknown): 'last_admin' {
  if (error instanceof GatehouseError && error.messageKey === 'error.last_admin') return 'last_admin';
  throw error;
}

interface AddOptions {
  readonly name: string;
  readonly email?: string;
  readonly username?: string;
  readonly locale?: string;
  readonly timeZone?: string;
  readonly passwordStdin?: boolean;
  readonly json?: boolean;
}

interface AddressesOptions extends Json {
  readonly clear?: boolean;
}

interface ListOptions extends PageOptions, Json {
  readonly by: 'name' | 'email' | 'username';
  readonly prefix?: string;
}

async function create({ people, mode }: PeopleCommandsContext, realm: string, options: AddOptions): Promise<Outcome> {
  if (mode !== 'development') {
    return { refused: 'passwords are set by the people themselves; leave out --password-stdin to invite them by mail' };
  }
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password === '' || password.length > longestPassword) return { refused: 'no password came on standard input' };
  const made = await people.create({ realm, ...identityOf(options), password }, operator);
  if (made.ok) return { lines: [`added ${labelOf(made.user)}`], json: summaryOf(made.user) };
  if (made.why === 'password_refused')
    return { refused: `the password was refused (${made.details ?? ''}); take a longer, less common one` };
  if (made.why === 'identifier_taken') return { refused: invitationRefusals.identifier_taken };
  return { refused: `--${made.details ?? 'email'} is missing or cannot be used` };
}

/** Only somebody new: a second `add` would look as if it had changed the person. */
async function add(context: PeopleCommandsContext, realm: string, options: AddOptions): Promise<Outcome> {
  const { email } = options;
  if (email === undefined) return wrongUsage('give --email: the invitation goes there');
  const holder = await context.people.find(realm, email);
  if (holder === undefined) return invite(context, realm, { ...options, email });
  const isSetUp = holder.password !== undefined;
  const whatToDo = isSetUp
    ? 'they can sign in'
    : `send the invitation again with \`gatehouse user invite ${realm} ${email}\``;
  return { refused: `${email} is the address of ${labelOf(holder)} already; ${whatToDo}` };
}

async function invite(
  { people }: PeopleCommandsContext,
  realm: string,
  options: AddOptions & { readonly email: string },
): Promise<Outcome> {
  const invited = await people.invite({ realm, ...identityOf(options), email: options.email }, operator);
  if (!invited.ok) return { refused: invitationRefusals[invited.why] };
  const { user, isNew } = invited;
  return {
    lines: [isNew ? `added and invited ${labelOf(user)}` : `invited again: ${labelOf(user)}`],
    json: { ...summaryOf(user), added: isNew },
  };
}

async function list({ people }: PeopleCommandsContext, realm: string, options: ListOptions): Promise<Outcome> {
  const { by, prefix } = options;
  const page = await people.list({ realm, by, ...pageOf(options), ...(prefix === undefined ? {} : { prefix }) });
  const rows = page.items.map((person) => [
    ...[person.name, person.email ?? '-', person.username ?? '-', stateOf(person), person.id],
  ]);
  const lines = rows.length === 0 ? ['nobody'] : table([['NAME', 'EMAIL', 'USER NAME', 'STATE', 'ID'], ...rows]);
  return paged(lines, page.items.map(summaryOf), page.next);
}

function readLocale(tag: string): string {
  try {
    const [canonical] = Intl.getCanonicalLocales(tag);
    if (canonical !== undefined) return canonical;
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('that is no language tag, such as de or pt-BR');
}

function readZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError('that is no IANA zone, such as Europe/Berlin or UTC');
  }
}

const identityOf = ({ name, email, username, locale, timeZone }: AddOptions) => ({
  name,
  ...(email === undefined ? {} : { email }),
  ...(username === undefined ? {} : { username }),
  ...(locale === undefined ? {} : { locale }),
  ...(timeZone === undefined ? {} : { timeZone }),
});
