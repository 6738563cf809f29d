import { Command, CommanderError } from 'commander';

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: typeof process.exitCode;
}

/**
 * `gatehouse <words>` with the commands that `add` brings, in this process: what it printed, and its exit code.
 * `codeOf`: the exit code of what was thrown meanwhile, as of words that commander cannot read; thrown on when left out.
 */
export async function runCommands(
  add: (program: Command) => unknown,
  words: readonly string[],
  codeOf?: (error: unknown) => number | string,
): Promise<Ran> {
  let [out, err] = ['', ''];
  const program = new Command('gatehouse').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  await add(program);
  process.exitCode = 0;
  let thrown: number | string | undefined;
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (codeOf === undefined) throw error;
    thrown = codeOf(error);
  }
  const code = thrown ?? process.exitCode;
  process.exitCode = 0;
  return { out, err, code };
}

/** 2 for words that commander cannot read, 0 for what it answers itself, as `--help`. */
export function codeOfMisuse(error: unknown): number {
  if (!(error instanceof CommanderError)) throw error;
  return error.exitCode === 0 ? 0 : 2;
}
