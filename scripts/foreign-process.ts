/** A program that a test runs beside itself, and what it says. */
import { type SpawnOptions, spawn } from 'node:child_process';

export interface ForeignProcess {
  /** Everything it wrote so far. */
  said(): string;
  /** Ends it as an operator does (SIGTERM) and waits until it is gone; its exit code. */
  end(): Promise<number | null>;
}

interface Start {
  readonly program: string;
  readonly args: readonly string[];
  /** Its whole environment, but for `PATH` and `HOME`. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it says, on either stream, when it serves. */
  readonly serves: RegExp;
  /** Another user than ours. */
  readonly as?: Pick<SpawnOptions, 'uid' | 'gid'>;
}

const patienceMs = 30_000;

/** Resolves when it serves; throws with what it said when it ends before, or does not serve in half a minute. */
export async function startForeign({ program, args, env, serves, as }: Start): Promise<ForeignProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH, HOME, ...env }, ...as });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (text: string) => {
      said += text;
      if (serves.test(said)) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('error', reject);
    void ended.then((code) => reject(new Error(`${program} ended (${code}): ${said.slice(-2_000)}`)));
  }).finally(() => clearTimeout(impatience));
  return {
    said: () => said,
    async end() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
