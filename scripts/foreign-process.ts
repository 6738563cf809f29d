/** A program that a test runs beside itself, and what it says. */
import { type SpawnOptions, spawn } from 'node:child_process';

export interface ForeignProcess {
  /** Waits for something new that it says; throws with what it said when it ends, or does not say it in 20 s. */
  hear(words: RegExp): Promise<void>;
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

const patienceMs = 20_000;

/** Resolves when it serves; throws with what it said when it ends before, or does not serve in 20 s. */
export async function startForeign({ program, args, env, serves, as }: Start): Promise<ForeignProcess> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH, HOME, ...env }, ...as });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  let said = '';
  const hear = (words: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const from = said.length;
      const fail = (what: string) => reject(new Error(`${program} ${what}: ${said.slice(-2_000)}`));
      const impatience = setTimeout(() => fail(`did not say ${words.source}`), patienceMs);
      const listen = () => {
        if (!words.test(said.slice(from))) return;
        for (const stream of [child.stdout, child.stderr]) stream.off('data', listen);
        clearTimeout(impatience);
        resolve();
      };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', listen);
      child.once('error', reject);
      void ended.then((code) => {
        clearTimeout(impatience);
        fail(`ended (${code})`);
      });
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await hear(serves).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    hear,
    async end() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
