import type { Command } from 'commander';
import type { Clock } from '../kernel/index.ts';
import type { Progress } from './backup.ts';
import type { Copying } from './copying.ts';
import { type DatabaseAddress, databaseAddress } from './move-address.ts';

/** What the commands work on, opened when one of them runs; nothing in it was made or migrated yet. */
export interface StoreCommandsContext {
  readonly copying: Copying;
  readonly clock: Clock;
  /** Another database with the same collections. */
  elsewhere(address: DatabaseAddress): Promise<{ readonly copying: Copying; close(): Promise<void> }>;
  close(): Promise<void>;
}

type Outcome = { readonly ok: true; readonly says: string } | { readonly ok: false; readonly says: string };

const tellEveryMs = 2_000;
const keysMissing =
  'the keys of GATEHOUSE_KEYS do not open what is sealed in it: set those it was sealed with, before a server starts';

/** `gatehouse backup`, `restore`, `move`. Exit code 0: done; 1: refused, with the reason; 2: wrong usage. */
export function storeCommands(
  program: Command,
  open: (options: { readonly creates: boolean }) => Promise<StoreCommandsContext>,
): void {
  const io = program.configureOutput();
  const tell = (line: string) => io.writeErr?.(`gatehouse: ${line}\n`);

  const wrongUsage = (line: string): void => {
    tell(line);
    process.exitCode = 2;
  };

  async function run(
    isJson: boolean | undefined,
    act: (context: StoreCommandsContext) => Promise<Outcome>,
    { creates = false } = {},
  ) {
    const context = await open({ creates });
    try {
      const outcome = await act(context);
      if (!outcome.ok) {
        tell(outcome.says);
        process.exitCode = 1;
      }
      if (isJson === true) io.writeOut?.(`${JSON.stringify(outcome)}\n`);
      else if (outcome.ok) io.writeOut?.(`${outcome.says}\n`);
    } finally {
      await context.close();
    }
  }

  function progress(): Progress {
    let toldAt = performance.now();
    return (done, total) => {
      if (performance.now() - toldAt < tellEveryMs && done < total) return;
      toldAt = performance.now();
      tell(`${done} of ${Math.max(done, total)} documents`);
    };
  }

  program
    .command('backup')
    .description('a whole, consistent copy in a new file, while servers run; sealing keys are not in it')
    .argument('<file>', 'to be made')
    .option('--json')
    .action((file: string, options: { json?: boolean }) =>
      run(options.json, async ({ copying, clock }) => {
        const { backUp } = await import('./backup.ts');
        const done = await backUp(copying, file, { clock, progress: progress() });
        return done.ok ? { ...done, says: `${file} holds ${done.documents} documents` } : done;
      }),
    );

  program
    .command('restore')
    .description('put a backup into an empty database; no server may run on it')
    .argument('<file>', 'from `gatehouse backup`')
    .option('--force', 'empty the database first')
    .option('--json')
    .action((file: string, options: { force?: boolean; json?: boolean }) =>
      run(
        options.json,
        async ({ copying, clock }) => {
          const isForced = options.force === true;
          const { restore } = await import('./restore.ts');
          const done = await restore(copying, file, { clock, isForced, progress: progress() });
          if (!done.ok) return done;
          if (!done.hasKeys) tell(keysMissing);
          return { ...done, says: `${done.documents} documents are as they were at ${done.at}` };
        },
        { creates: true },
      ),
    );

  program
    .command('move')
    .description('carry everything to another database, and compare; run it again when it was cut off')
    .option('--to <address>', 'mongodb://… or file:DIRECTORY')
    .option('--force', 'empty the other database first')
    .option('--cancel', 'open the database again that was to be moved')
    .option('--json')
    .action(async (options: { to?: string; force?: boolean; cancel?: boolean; json?: boolean }) => {
      const isForced = options.force === true;
      const { to } = options;
      const address = to === undefined ? undefined : databaseAddress(to);
      if ((to === undefined) !== (options.cancel === true))
        return wrongUsage('say where to, --to mongodb://… or --to file:DIRECTORY; or --cancel a move');
      if (to !== undefined && address === undefined) return wrongUsage('--to is mongodb://… or file:DIRECTORY');
      await run(options.json, async ({ copying, clock, elsewhere }) => {
        const { cancelMove, move } = await import('./move.ts');
        if (address === undefined) {
          const done = await cancelMove(copying, { isForced });
          return done.ok ? { ...done, says: 'servers may use it again' } : done;
        }
        const target = await elsewhere(address);
        try {
          const done = await move(copying, target.copying, { clock, isForced, progress: progress() });
          if (!done.ok) return done;
          if (!done.hasKeys) tell(keysMissing);
          return { ...done, says: `${done.documents} documents moved and compared; now set servers to the new one` };
        } finally {
          await target.close();
        }
      });
    });
}
