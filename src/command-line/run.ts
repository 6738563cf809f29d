import type { Command } from 'commander';
import { type Like, noRealm, type Outcome, refusalLines } from './outcome.ts';

export interface Json {
  readonly json?: boolean;
}

/** What commands work on is opened when one of them runs. */
export interface Opened extends Like {
  close(): Promise<void>;
}

export type Run<Context> = (options: Json, act: (context: Context) => Promise<Outcome>) => Promise<void>;

export type RunInRealm<Context> = (
  realm: string,
  options: Json,
  act: (context: Context) => Promise<Outcome>,
) => Promise<void>;

/** Who acts, for the audit log. */
export const operator = { kind: 'operator' } as const;

/** Exit code 0: done; 1: refused, with the reason on stderr; 2: wrong usage. */
export function createRun<Context extends Opened>(program: Command, open: () => Promise<Context>): Run<Context> {
  const io = program.configureOutput();
  return async ({ json: isJson = false }, act) => {
    const context = await open();
    try {
      const outcome = await act(context);
      if (isJson && outcome.json !== undefined) io.writeOut?.(`${JSON.stringify(outcome.json)}\n`);
      if ('lines' in outcome) {
        if (!isJson) io.writeOut?.(outcome.lines.map((line) => `${line}\n`).join(''));
        return;
      }
      io.writeErr?.((await refusalLines(outcome, context)).map((line) => `gatehouse: ${line}\n`).join(''));
      process.exitCode = outcome.isUsage === true ? 2 : 1;
    } finally {
      await context.close();
    }
  };
}

/** The same for commands whose first word is a realm: only where there is one of that name. */
export function createRunInRealm<Context extends Opened>(
  program: Command,
  open: () => Promise<Context>,
  hasRealm: (context: Context, realm: string) => Promise<boolean>,
): RunInRealm<Context> {
  const run = createRun(program, open);
  return (realm, options, act) =>
    run(options, async (context) => ((await hasRealm(context, realm)) ? act(context) : noRealm(realm)));
}
