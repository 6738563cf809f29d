import type { Command } from 'commander';
import type { Actor } from '../people/index.ts';
import type { ListedBrowser } from './browsers.ts';

/** What the commands work on, opened when one of them runs. */
export interface BrowserCommandsContext {
  hasRealm(realm: string): Promise<boolean>;
  /** The id of the person known by that email, user name or id. */
  personOf(realm: string, identifier: string): Promise<string | undefined>;
  browsers(realm: string, userId: string): Promise<readonly ListedBrowser[]>;
  revoke(realm: string, userId: string, label: string, actor: Actor): Promise<boolean>;
  close(): Promise<void>;
}

interface Outcome {
  readonly lines: readonly string[];
  readonly json: unknown;
}

const operator: Actor = { kind: 'operator' };

/** `gatehouse browser …`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function browserCommands(program: Command, open: () => Promise<BrowserCommandsContext>): void {
  const browser = program
    .command('browser')
    .description('browsers in which people signed in, and which are remembered');
  const io = program.configureOutput();

  /** What `act` answers is printed; a text is why it did nothing. */
  async function run(
    realm: string,
    identifier: string,
    isJson: boolean,
    act: (context: BrowserCommandsContext, userId: string) => Promise<Outcome | string>,
  ): Promise<void> {
    const context = await open();
    try {
      const outcome = await found(context, realm, identifier, act);
      if (typeof outcome === 'string') {
        io.writeErr?.(`gatehouse: ${outcome}\n`);
        process.exitCode = 1;
      } else {
        const text = outcome.lines.map((line) => `${line}\n`).join('');
        io.writeOut?.(isJson ? `${JSON.stringify(outcome.json)}\n` : text);
      }
    } finally {
      await context.close();
    }
  }

  browser
    .command('list')
    .description('those that completed a sign-in of a person within 90 days, the latest first')
    .argument('<realm>')
    .argument('<person>', 'email, user name or id')
    .option('--json')
    .action((realm: string, person: string, { json = false }: { json?: boolean }) =>
      run(realm, person, json, async (context, userId) => {
        const browsers = await context.browsers(realm, userId);
        return { lines: browsers.length === 0 ? ['no browsers'] : browsers.map(lineOf), json: browsers };
      }),
    );

  browser
    .command('revoke')
    .description('have a person be unknown in a browser: the next sign-in there asks for everything')
    .argument('<realm>')
    .argument('<person>', 'email, user name or id')
    .argument('[browser]', 'its label, from `gatehouse browser list`')
    .option('--all', 'every browser of the person')
    .option('--json')
    .action((realm: string, person: string, label: string | undefined, options: { all?: boolean; json?: boolean }) =>
      run(realm, person, options.json === true, async (context, userId) => {
        if ((label === undefined) !== (options.all === true)) return 'name one browser by its label, or give --all';
        const wanted =
          label === undefined ? (await context.browsers(realm, userId)).map((each) => each.label) : [label];
        const revoked: string[] = [];
        for (const each of wanted) if (await context.revoke(realm, userId, each, operator)) revoked.push(each);
        if (label !== undefined && revoked.length === 0)
          return `this person is known in no browser "${label}"; see \`gatehouse browser list\``;
        return { lines: revoked.map((each) => `revoked ${each}`), json: { revoked } };
      }),
    );
}

async function found(
  context: BrowserCommandsContext,
  realm: string,
  identifier: string,
  act: (context: BrowserCommandsContext, userId: string) => Promise<Outcome | string>,
): Promise<Outcome | string> {
  if (!(await context.hasRealm(realm))) return `there is no realm "${realm}"; see \`gatehouse realm list\``;
  const userId = await context.personOf(realm, identifier);
  if (userId === undefined)
    return `nobody in "${realm}" is known as "${identifier}"; see \`gatehouse user list ${realm}\``;
  return act(context, userId);
}

function lineOf({ label, name, lastUsedAt, rememberedUntil }: ListedBrowser): string {
  const state = rememberedUntil === undefined ? 'known' : `remembered until ${rememberedUntil.toISOString()}`;
  return [label, name, `last used ${lastUsedAt.toISOString()}`, state].join('\t');
}
