import { type Command, Option } from 'commander';
import { createRunInRealm, type Json } from '../command-line/index.ts';
import type { PolicyCommandsContext } from './commands-context.ts';
import { type LevelOptions, withLevel } from './level-options.ts';
import type { PreviewOptions } from './preview.ts';
import type { SetOptions } from './show-and-set.ts';
import type { SimulateOptions } from './simulate.ts';

export type { PolicyCommandsContext } from './commands-context.ts';

// Loaded when one of them runs, not for `--help`.
const showAndSet = () => import('./show-and-set.ts');

export { levelSays, valueSays } from './sentences.ts';

/** `gatehouse policy …`. Exit code 0: done; 1: refused, with the reason on stderr; 2: wrong usage. Returns `policy`. */
export function policyCommands(program: Command, open: () => Promise<PolicyCommandsContext>): Command {
  const policy = program.command('policy').description('rules of a realm: shown, changed, explained, tried');
  const run = createRunInRealm(program, open, async ({ realms }, realm) => (await realms.get(realm)) !== undefined);

  withLevel(policy.command('show').description('a level’s own rules: the realm’s, or those of one level in it'))
    .option('--json')
    .action((realm: string, options: LevelOptions & Json) =>
      run(realm, options, async (context) => (await showAndSet()).show(context, realm, options)),
    );

  withLevel(
    policy.command('set').description('change rules of one level, all or none: secondFactor=required sessionHours=8'),
  )
    .argument('[rules...]', 'rule=value, the value as in YAML: required, 24, "[totp, passkey]"')
    .option('--unset <rule...>', 'leave a rule to the other levels')
    .option('--force', 'also where it is warned of, as far as that is safe')
    .option('--json')
    .action((realm: string, rules: string[], options: SetOptions & Json) =>
      run(realm, options, async (context) => (await showAndSet()).set(context, realm, rules, options)),
    );

  withLevel(
    policy
      .command('preview')
      .description('how many people under a level would be ready, asked or stuck, before anything is changed'),
  )
    .argument('[rules...]', 'rule=value, as for `set`')
    .option('--unset <rule...>', 'leave a rule to the other levels')
    .option(
      '--list <places>',
      'whom to list: ready, asked, stuck, shut_out or all; those who would be stuck by default',
    )
    .option('--changed', 'list only those for whom it makes a difference')
    .option('--limit <number>', 'how many to list at most; 20 by default, all with --csv')
    .option('--after <id>', 'go on after the last one of the page before')
    .addOption(new Option('--csv', 'the list alone, for a spreadsheet').conflicts('json'))
    .option('--json')
    .action((realm: string, rules: string[], options: PreviewOptions & Json) =>
      run(realm, options, async (context) => (await import('./preview.ts')).preview(context, realm, rules, options)),
    );

  withLevel(
    policy.command('explain').description('every rule in force: its value, the level it is from, why others lost'),
  )
    .option('--json')
    .action((realm: string, options: LevelOptions & Json) =>
      run(realm, options, async (context) => (await import('./explain.ts')).explain(context, realm, options)),
    );

  policy
    .command('simulate')
    .description(
      'the next sign-in of somebody, page by page, with the rule behind each; or one of the past, then and now',
    )
    .argument('<realm>')
    .option('--person <person>', 'email, user name or id')
    .option('--portal <portal>', 'client id')
    .option('--organization <org>', 'which one the session is for, where there is a choice')
    .option('--acr <levels>', 'that the portal asks for: single, mfa, phr')
    .option('--essential', 'the portal insists on --acr')
    .option('--known-browser', 'they went through a full sign-in in this browser before')
    .addOption(new Option('--remembered [since]', 'a browser that policy may let go without the second factor'))
    .option('--address <address>', 'where they come from')
    .option('--at <time>', 'such as 2026-06-01T08:00:00Z; now when left out')
    .option('--with <kinds>', 'what they use where there is a choice: passkey,phone')
    .option('--later', 'they press "Not now" wherever it works')
    .option('--agreed', 'they agreed to this portal before')
    .option('--sign-in <reference>', 'one of the past, by its reference number or id')
    .option('--json')
    .action((realm: string, options: SimulateOptions & Json) =>
      run(realm, options, async (context) => (await import('./simulate.ts')).simulate(context, realm, options)),
    );
  return policy;
}
