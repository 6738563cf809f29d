import type { Command } from 'commander';
import { createRunInRealm, type Json, type Outcome } from '../command-line/index.ts';
import type { RolloutCommandsContext } from './commands-context.ts';
import type { CreateOptions, ProgressOptions } from './planning-commands.ts';
import type { Rollout } from './rollout.ts';

export type { RolloutCommandsContext } from './commands-context.ts';

// Loaded when one of them runs, not for `--help`.
const planning = () => import('./planning-commands.ts');
const steering = () => import('./steering-commands.ts');

const collect = (text: string, before: readonly string[]) => [...before, text];

/** `gatehouse rollout …`. Exit code 0: done; 1: refused, with the reason on stderr; 2: wrong usage. */
export function rolloutCommands(program: Command, open: () => Promise<RolloutCommandsContext>): Command {
  const rollout = program.command('rollout').description('requirements that come into force in waves');
  const run = createRunInRealm(program, open, async ({ realms }, realm) => (await realms.get(realm)) !== undefined);
  const runOnOne = (
    realm: string,
    ref: string,
    options: Json,
    act: (context: RolloutCommandsContext, rollout: Rollout) => Promise<Outcome>,
  ) =>
    run(realm, options, async (context) => {
      const found = await context.rollouts.find(realm, ref);
      return found === undefined ? noRollout(realm, ref) : act(context, found);
    });

  rollout
    .command('create')
    .description('plan a roll-out; nobody is bound before it is started')
    .argument('<realm>')
    .argument('<name>')
    .argument('<rules...>', 'rule=value, the value as in YAML: secondFactor=required "grace={days: 14}"')
    .option('--wave <date=who>', '2026-06-01=10%, 2026-06-08=North/Client;South, 2026-06-15=rest', collect, [])
    .option('--organization <org>', 'only people of it and everything below: id, or names from the top')
    .option('--stop-above <percent>', 'of a wave that may be stuck or fail before it stops by itself; 2')
    .option('--remind-before <days>', 'before a wave begins, 0: no mail; 7')
    .option('--remind-after <days>', 'after a wave began, 0: no mail; 3')
    .option('--json')
    .action((realm: string, name: string, rules: string[], options: CreateOptions & Json) =>
      run(realm, options, async (context) => (await planning()).create(context, realm, name, rules, options)),
    );

  rollout
    .command('list')
    .description('roll-outs of a realm')
    .argument('<realm>')
    .option('--json')
    .action((realm: string, options: Json) =>
      run(realm, options, async (context) => (await planning()).list(context, realm)),
    );

  const ofOne = (name: string, description: string) =>
    rollout.command(name).description(description).argument('<realm>').argument('<rollout>').option('--json');

  ofOne('show', 'a roll-out, its waves and how they stand')
    .option('--preview', 'how every wave would stand if it began now')
    .action((realm: string, ref: string, options: Json & { readonly preview?: boolean }) =>
      runOnOne(realm, ref, options, async (context, found) =>
        (await planning()).show(context, found, options.preview === true),
      ),
    );

  ofOne('start', 'let its waves begin as planned; refused when too many of one would be stuck')
    .option('--force', 'all the same')
    .action((realm: string, ref: string, options: Json & { readonly force?: boolean }) =>
      runOnOne(realm, ref, options, async (context, found) =>
        (await steering()).begin(context, found, options.force === true),
      ),
    );

  ofOne('pause', 'no further wave begins; those that began stay bound').action(
    (realm: string, ref: string, options: Json) =>
      runOnOne(realm, ref, options, async (context, found) => (await steering()).hold(context, found)),
  );

  ofOne('resume', 'go on: waves to come begin later by as long as it was held, stopped ones are bound again')
    .option('--stop-above <percent>', 'from now on')
    .action((realm: string, ref: string, options: Json & { readonly stopAbove?: string }) =>
      runOnOne(realm, ref, options, async (context, found) =>
        (await steering()).carryOn(context, found, options.stopAbove),
      ),
    );

  ofOne('stop', 'nobody of the latest wave, or a later one, is bound any more; what they set up they keep')
    .option('--from-wave <number>', 'of this wave and later; 1: nobody at all')
    .action((realm: string, ref: string, options: Json & { readonly fromWave?: string }) =>
      runOnOne(realm, ref, options, async (context, found) => (await steering()).end(context, found, options.fromWave)),
    );

  ofOne('remove', 'be rid of one that binds nobody: not started, or stopped from wave 1 on').action(
    (realm: string, ref: string, options: Json) =>
      runOnOne(realm, ref, options, async (context, found) => (await steering()).remove(context, found)),
  );

  ofOne('remind', 'mail everybody who is not ready and was not reminded yet, without waiting for the day').action(
    (realm: string, ref: string, options: Json) =>
      runOnOne(realm, ref, options, async (context, found) => (await steering()).remind(context, found)),
  );

  ofOne('progress', 'how each wave stood, day by day; or who stands how')
    .option('--days <number>', 'the last days; 14')
    .option('--now', 'look at everybody now; servers do every five minutes')
    .option('--people <stand>', 'who is ready, asked, stuck or failed')
    .action((realm: string, ref: string, options: Json & ProgressOptions) =>
      runOnOne(realm, ref, options, async (context, found) => (await planning()).progress(context, found, options)),
    );
  return rollout;
}

const noRollout = (realm: string, ref: string): Outcome => ({
  refused: `there is no roll-out "${ref}" in "${realm}"; see \`gatehouse rollout list ${realm}\``,
});
