import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadRequest, Ran } from './load.ts';
import type { OperationName } from './operations.ts';
import type { Target } from './target.ts';

/** A process that loads one provider. */
export interface Load {
  /** Opens the connections and signs a person in on each. */
  connect(target: Target, lanes: number): Promise<void>;
  /** Throws when one operation failed. */
  run(operation: OperationName, lanes: number, seconds: number): Promise<Ran>;
  /** One after another, each from an address where nobody signed in before. */
  signInElsewhere(seconds: number): Promise<Ran>;
  /** So many sign-ins a second, as far as connections are free. */
  signInPaced(perSecond: number, seconds: number): Promise<Ran>;
  /** Until people have codes again, where a quarter of them have used theirs; `run` does so where half have. */
  rest(): Promise<void>;
  /** 10,000 wrong passwords a minute, from many addresses, after everybody came to their page. */
  prepareFlood(target: Target, seconds: number): Promise<void>;
  flood(seconds: number): Promise<Ran>;
  disconnect(): Promise<void>;
  stop(): void;
}

export function startLoad(): Load {
  const child: ChildProcess = fork(fileURLToPath(new URL('./load.ts', import.meta.url)), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
  });

  let settle: ((answer: LoadAnswer) => void) | undefined;
  child.on('message', (answer: LoadAnswer) => settle?.(answer));
  child.once('exit', () => settle?.({ ok: false, why: 'the load ended' }));

  async function ask(request: LoadRequest): Promise<Ran> {
    const answered = new Promise<LoadAnswer>((resolve) => {
      settle = resolve;
    });
    child.send(request);
    const answer = await answered;
    if (!answer.ok) throw new Error(answer.why);
    return answer.ran;
  }

  return {
    connect: async (target, lanes) => void (await ask({ kind: 'connect', target, lanes })),
    run: (operation, lanes, seconds) => ask({ kind: 'run', operation, lanes, seconds }),
    signInElsewhere: (seconds) => ask({ kind: 'sign_in_elsewhere', seconds }),
    signInPaced: (perSecond, seconds) => ask({ kind: 'sign_in_paced', perSecond, seconds }),
    rest: async () => void (await ask({ kind: 'rest' })),
    prepareFlood: async (target, seconds) => void (await ask({ kind: 'prepare_flood', target, seconds })),
    flood: (seconds) => ask({ kind: 'flood', seconds }),
    disconnect: async () => void (await ask({ kind: 'disconnect' })),
    stop: () => void child.kill('SIGTERM'),
  };
}
