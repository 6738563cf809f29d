import { type Command, Option } from 'commander';
import {
  createRunInRealm,
  inPages,
  type Json,
  nobody,
  type Outcome,
  operator,
  type PageOptions,
  paged,
  pageOf,
  type RunInRealm,
} from '../command-line/index.ts';
import { assignCommands } from './assign-commands.ts';
import { refusals, type TokenCommandsContext, told } from './commands-context.ts';
import { fileCommands } from './file-commands.ts';
import type { Standing } from './token.ts';
import { describe, summaryOf, tokenTable } from './token-lines.ts';

/** `gatehouse token …`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function tokenCommands(program: Command, open: () => Promise<TokenCommandsContext>): void {
  const token = program.command('token').description('one-time-code generators of a realm, by Credential ID');
  const run: RunInRealm<TokenCommandsContext> = createRunInRealm(program, open, (context, realm) =>
    context.hasRealm(realm),
  );

  inPages(
    token
      .command('list')
      .description('the inventory, in order of Credential ID')
      .argument('<realm>')
      .option('--prefix <text>', 'of the Credential ID')
      .addOption(new Option('--state <state>').choices(standings))
      .option('--person <identifier>', 'only what this person has'),
  )
    .option('--json')
    .action((realm: string, options: ListOptions) => run(realm, options, (context) => list(context, realm, options)));

  token
    .command('show')
    .description('everything known of one, but its seed')
    .argument('<realm>')
    .argument('<credential-id>')
    .option('--json')
    .action((realm: string, id: string, options: Json) =>
      run(realm, options, async ({ tokens, labelOf }) => {
        const found = await tokens.find(realm, id);
        if (found === undefined) return { refused: refusals.unknown };
        const people = await Promise.all(found.people.map((userId) => labelOf(realm, userId)));
        return { lines: describe(found, people), json: summaryOf(found) };
      }),
    );

  assignCommands(token, run);
  const plain = [
    { name: 'disable', about: 'refuse its codes until it is enabled; its people keep it', done: 'disabled' },
    { name: 'lost', about: 'refuse its codes: it may be in the wrong hands', done: 'lost:' },
    { name: 'enable', about: 'accept the codes of a lost or disabled token again', done: 'enabled' },
  ] as const;
  for (const { name, about, done } of plain) {
    token
      .command(name)
      .description(about)
      .argument('<realm>')
      .argument('<credential-id>')
      .option('--json')
      .action((realm: string, id: string, options: Json) =>
        run(realm, options, async (context) => {
          const { tokens } = context;
          if (name === 'enable') return told(done, await tokens.unblock(realm, id, operator));
          const block = () => tokens.block(realm, id, name === 'lost' ? 'lost' : 'disabled', operator);
          const before = await tokens.find(realm, id);
          if (before === undefined) return told(done, await block());
          const blocked = await context.blocking(realm, before, block);
          return blocked.ok ? told(done, blocked.value) : { refused: blocked.refused };
        }),
      );
  }

  token
    .command('resync')
    .description('bring a token back into step with two consecutive codes')
    .argument('<realm>')
    .argument('<credential-id>')
    .argument('<code>')
    .argument('<next-code>')
    .option('--json')
    .action((realm: string, id: string, code: string, next: string, options: Json) =>
      run(realm, options, async (context) =>
        told('back in step:', await context.tokens.resync(realm, id, [code, next], operator)),
      ),
    );

  fileCommands(token, run, program.configureOutput());
}

interface ListOptions extends PageOptions, Json {
  readonly prefix?: string;
  readonly state?: Standing;
  readonly person?: string;
}

const standings = ['available', 'assigned', 'lost', 'disabled', 'expired'] satisfies Standing[];

async function list(context: TokenCommandsContext, realm: string, options: ListOptions): Promise<Outcome> {
  const person = options.person === undefined ? undefined : await context.personOf(realm, options.person);
  if (options.person !== undefined && person === undefined) return nobody(realm, options.person);
  const page = await context.tokens.list({
    realm,
    ...pageOf(options),
    ...(options.prefix === undefined ? {} : { prefix: options.prefix.toUpperCase() }),
    ...(options.state === undefined ? {} : { standing: options.state }),
    ...(person === undefined ? {} : { person: person.id }),
  });
  const lines = await tokenTable(page.items, (userId) => context.labelOf(realm, userId));
  return paged(lines, page.items.map(summaryOf), page.next);
}

export type { TokenCommandsContext };
