import type { Command } from 'commander';
import {
  aboutPerson,
  createRunInRealm,
  type Json,
  nobody,
  type Outcome,
  operator,
  wrongUsage,
} from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
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

/** `gatehouse browser …`. Exit code 0: done; 1: refused, with the reason on stderr. */
export function browserCommands(program: Command, open: () => Promise<BrowserCommandsContext>): void {
  const browser = program
    .command('browser')
    .description('browsers in which people signed in, and which are remembered');
  const runInRealm = createRunInRealm(program, open, (context, realm) => context.hasRealm(realm));
  const run = (
    realm: string,
    identifier: string,
    options: Json,
    act: (context: BrowserCommandsContext, userId: string) => Promise<Outcome>,
  ) =>
    runInRealm(realm, options, async (context) => {
      const userId = await context.personOf(realm, identifier);
      return userId === undefined ? nobody(realm, identifier) : act(context, userId);
    });

  browser
    .command('list')
    .description('those that completed a sign-in of a person within 90 days, the latest first')
    .argument('<realm>')
    .argument('<person>', aboutPerson)
    .option('--json')
    .action((realm: string, person: string, options: Json) =>
      run(realm, person, options, async (context, userId) => {
        const browsers = await context.browsers(realm, userId);
        const lines = browsers.length === 0 ? ['no browsers'] : table([heads, ...browsers.map(rowOf)]);
        return { lines, json: browsers };
      }),
    );

  browser
    .command('revoke')
    .description('have a person be unknown in a browser: the next sign-in there asks for everything')
    .argument('<realm>')
    .argument('<person>', aboutPerson)
    .argument('[browser]', 'its label, from `gatehouse browser list`')
    .option('--all', 'every browser of the person')
    .option('--json')
    .action((realm: string, person: string, label: string | undefined, options: Json & { readonly all?: boolean }) =>
      run(realm, person, options, async (context, userId) => {
        if ((label === undefined) !== (options.all === true))
          return wrongUsage('name one browser by its label, or give --all');
        const wanted =
          label === undefined ? (await context.browsers(realm, userId)).map((each) => each.label) : [label];
        const revoked: string[] = [];
        for (const each of wanted) if (await context.revoke(realm, userId, each, operator)) revoked.push(each);
        if (label !== undefined && revoked.length === 0)
          return {
            refused: `this person is known in no browser "${label}"; see \`gatehouse browser list ${realm} ${person}\``,
          };
        const lines = revoked.length === 0 ? ['no browsers'] : revoked.map((each) => `revoked ${each}`);
        return { lines, json: { revoked } };
      }),
    );
}

const heads = ['LABEL', 'BROWSER', 'LAST USED', 'STATE'];

function rowOf({ label, name, lastUsedAt, rememberedUntil }: ListedBrowser): readonly string[] {
  const state = rememberedUntil === undefined ? 'known' : `remembered until ${rememberedUntil.toISOString()}`;
  return [label, name, lastUsedAt.toISOString(), state];
}
