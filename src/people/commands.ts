import { text } from 'node:stream/consumers';
import { type Command, InvalidArgumentError } from 'commander';
import { createRunInRealm, labelOf, limitOf, nobody, type Outcome, operator, personOf } from '../command-line/index.ts';
import { GatehouseError } from '../kernel/index.ts';
import { addressesOf } from './addresses.ts';
import { type PeopleCommandsContext, refusals } from './commands-context.ts';
import { memberCommands } from './organizations/member-commands.ts';
import { orgCommands } from './organizations/org-commands.ts';
import { userSubscriptionCommands } from './organizations/user-subscription-commands.ts';
import type { User } from './user.ts';

const longestPassword = 16_384;

const invitationRefusals = {
  identifier_taken: 'that email or user name belongs to somebody else; find them with `gatehouse user list`',
  identifier_invalid: 'that is not an email address (or user name) that can be used',
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
    .option('--locale <tag>', 'language of pages and messages')
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
      .argument('<identifier>', 'email, user name or id')
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
    .description('say which further addresses are told of changes to an account; none clears them')
    .argument('<realm>')
    .argument('<identifier>', 'email, user name or id')
    .argument('[addresses...]')
    .option('--json')
    .action((realm: string, identifier: string, addresses: string[], options: { json?: boolean }) =>
      run(realm, options, async ({ people }) => {
        const found = await personOf({ people }, realm, identifier);
        const set = found && (await people.setAddresses(realm, found.id, addresses, operator));
        if (set?.ok === true) {
          const told = addressesOf(set.user);
          return {
            lines: [`${labelOf(set.user)}: ${told.length === 0 ? 'nobody is told' : `told are ${told.join(', ')}`}`],
            json: { ...summaryOf(set.user), addresses: told },
          };
        }
        return set?.why === 'invalid' ? { refused: 'give email addresses, five at most' } : nobody(realm, identifier);
      }),
    );

  user
    .command('list')
    .argument('<realm>')
    .option('--prefix <text>', 'of the name')
    .option('--limit <number>', 'how many at most', '100')
    .option('--after <mark>', 'the mark that ended the page before')
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

interface ListOptions {
  readonly prefix?: string;
  readonly limit: string;
  readonly after?: string;
  readonly json?: boolean;
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
  if (email === undefined) return { refused: 'give --email: the invitation goes there' };
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
  const limit = limitOf(options.limit);
  if (limit === undefined) return { refused: '--limit is a whole number from 1 to 500' };
  const page = await people.list({
    realm,
    limit,
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    ...(options.after === undefined ? {} : { after: options.after }),
  });
  const lines = page.items.map((person) => [person.id, person.status, labelOf(person)].join('\t'));
  return {
    lines: page.next === undefined ? lines : [...lines, `more: --after ${page.next}`],
    json: { items: page.items.map(summaryOf), ...(page.next === undefined ? {} : { next: page.next }) },
  };
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

const summaryOf = (person: User) => ({
  id: person.id,
  status: person.status,
  name: person.name,
  email: person.email ?? null,
  username: person.username ?? null,
  hasPassword: person.password !== undefined,
  secondFactorLocked: person.secondFactorLockedAt !== undefined,
});
