/** Server processes as operators run them: `bin/server.js` with the flags of `npm start`, each on a port of its own. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

export interface ServerNode {
  readonly port: number;
  /** Begins (again) and resolves when `/readyz` is green. Throws with what it said when it ends before. */
  start(): Promise<void>;
  /** SIGTERM; resolves with the exit code when it is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Everything it ever wrote, on either stream. */
  said(): string;
}

const root = new URL('../../', import.meta.url);
const main = fileURLToPath(new URL('bin/server.js', root));
/** Far above what it takes on a quiet machine. */
const readyWithinMs = 120_000;
const pollMs = 20;

/** `env`: its whole environment, but for `PATH`, `HOME` and its port. */
export async function aNode(env: Readonly<Record<string, string>>): Promise<ServerNode> {
  const port = await freePort();
  let running: ReturnType<typeof begin> | undefined;
  let said = '';

  function begin() {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [...startFlags(), main], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME, ...env, GATEHOUSE_PORT: String(port) },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
    const ended = new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    return { child, ended };
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const current = running;
    running = undefined;
    current?.child.kill(signal);
    return (await current?.ended) ?? null;
  }

  return {
    port,
    said: () => said,
    async start() {
      const { child } = (running = begin());
      const until = performance.now() + readyWithinMs;
      while ((await ask(port, '/readyz')) !== 200) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the node ended: ${said}`);
        if (performance.now() > until) throw new Error(`the node is not ready: ${said}`);
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    },
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
  };
}

/** The status of a GET; undefined when nobody listens. */
export function ask(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    asking.once('error', () => resolve(undefined));
    asking.end();
  });
}

function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return (scripts['start'] ?? '').split(' ').filter((word) => word.startsWith('--'));
}
