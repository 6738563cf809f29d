import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { hasProc, openFilesOf, type Usage, usageOf } from './process-usage.ts';
import { question } from './usage-over-ipc.ts';

export interface ServerProcess {
  /** From the start of the process to the first discovery document. */
  readonly coldStartMs: number;
  /** CPU used for it. */
  readonly coldStartCpuMs: number;
  usage(): Promise<Usage>;
  /** How many files and sockets it has open; undefined where that cannot be seen (Linux only). */
  openFiles(): number | undefined;
  stop(): Promise<void>;
}

export interface ServerProgram {
  readonly file: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Of the discovery document. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly nodeOptions?: readonly string[];
}

const preload = fileURLToPath(new URL('./usage-over-ipc.ts', import.meta.url));
const startWithinMs = 60_000;
const retryMs = 2;

/** Starts it and waits for its first answer. Throws with what it said when it ends before. */
export async function startServerProcess(program: ServerProgram): Promise<ServerProcess> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [...(program.nodeOptions ?? []), ...(hasProc ? [] : ['--import', preload]), program.file, ...(program.args ?? [])],
    {
      // The log goes where a container's would be thrown away: writing it costs, reading it here would too.
      stdio: ['ignore', 'ignore', 'pipe', ...(hasProc ? [] : (['ipc'] as const))],
      env: { ...environment(), ...program.env },
    },
  );
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_000);
  });
  while (!(await answers(program))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${said}`);
    if (performance.now() - startedAt > startWithinMs) {
      await end(child);
      throw new Error(`the server does not answer: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
  const coldStartMs = performance.now() - startedAt;
  const usage = () => used(child);
  const coldStartCpuMs = (await usage()).cpuMs;
  const openFiles = () => (hasProc ? openFilesOf(child.pid ?? 0) : undefined);
  return { coldStartMs, coldStartCpuMs, usage, openFiles, stop: () => end(child) };
}

/** Ours without settings of Gatehouse, which would reach the measured one. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !name.startsWith('GATEHOUSE_'),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

function answers({ port, path, headers }: ServerProgram): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode === 200));
    });
    asking.once('error', () => resolve(false));
    asking.end();
  });
}

async function used(child: ChildProcess): Promise<Usage> {
  if (hasProc) {
    const usage = usageOf(child.pid ?? 0);
    if (usage === undefined) throw new Error('the server ended while it was measured');
    return usage;
  }
  child.send(question);
  const [usage] = await once(child, 'message');
  return usage as Usage;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(patience);
}
