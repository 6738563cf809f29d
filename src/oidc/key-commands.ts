import type { Command } from 'commander';
import { createRunInRealm, type Json, operator } from '../command-line/index.ts';
import { table } from '../kernel/index.ts';
import type { KeyInList, Keys } from './keys.ts';

/** What the commands work on, opened when one of them runs. */
export interface KeyCommandsContext {
  readonly keys: Pick<Keys, 'list' | 'rotate'>;
  hasRealm(realm: string): Promise<boolean>;
  close(): Promise<void>;
}

interface RotateOptions extends Json {
  readonly atOnce?: boolean;
}

/** `gatehouse keys …`. Exit code 0: done; 1: refused, with the reason on stderr; 2: wrong usage. */
export function keyCommands(program: Command, open: () => Promise<KeyCommandsContext>): void {
  const run = createRunInRealm(program, open, (context, realm) => context.hasRealm(realm));
  const commands = program.command('keys').description('the keys that sign what portals get from a realm');
  commands
    .command('list')
    .description('the keys of a realm that are published')
    .argument('<realm>')
    .option('--json')
    .action((realm: string, options: Json) =>
      run(realm, options, async ({ keys }) => {
        const all = await keys.list(realm);
        return { lines: table([['KEY', 'ALGORITHM', 'STATE', 'WHEN'], ...all.map(rowOf)]), json: all };
      }),
    );
  commands
    .command('rotate')
    .description('publish new keys; they take over when every cache knows them, and the old ones are withdrawn later')
    .argument('<realm>')
    .option(
      '--at-once',
      'the keys were stolen: withdraw them now, though portals may fail until they read the new ones',
    )
    .option('--json')
    .action((realm: string, { atOnce = false, ...options }: RotateOptions) =>
      run(realm, options, async ({ keys }) => {
        const { ok, signsFrom } = await keys.rotate(realm, { actor: operator, atOnce });
        const at = signsFrom.toISOString();
        if (!ok) return { refused: `new keys of "${realm}" are published already and sign from ${at}` };
        const done = atOnce
          ? 'the old keys are withdrawn, new ones sign'
          : `new keys are published and sign from ${at}`;
        return { lines: [done], json: { ok, signsFrom: at } };
      }),
    );
}

function rowOf({ kid, alg, phase, signsFrom, signsUntil, publishedUntil }: KeyInList): readonly string[] {
  const when = {
    published: `signs from ${signsFrom.toISOString()}`,
    signing: signsUntil === undefined ? `since ${signsFrom.toISOString()}` : `until ${signsUntil.toISOString()}`,
    retiring: `until ${publishedUntil?.toISOString() ?? ''}`,
  }[phase];
  return [kid, alg, phase, when];
}
