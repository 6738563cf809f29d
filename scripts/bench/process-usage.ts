import { readdirSync, readFileSync } from 'node:fs';

/** Of a process and those it started. */
export interface Usage {
  /** Milliseconds of CPU, user and system, of all threads since the start. */
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** Files, sockets and whatever else is open, of a process and those it started; undefined when it is gone. */
export function openFilesOf(pid: number): number | undefined {
  try {
    const own = readdirSync(`/proc/${pid}/fd`).length;
    return childrenOf(pid).reduce((sum, child) => sum + (openFilesOf(child) ?? 0), own);
  } catch {
    return undefined;
  }
}

/** What `/proc` counts CPU in: USER_HZ, 100 a second on every Linux that Node runs on (proc_pid_stat(5)). */
const msPerTick = 10;

export const hasProc = process.platform === 'linux';

/** Reads `/proc`; undefined when the process is gone. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const own = {
      cpuMs: cpuTicksOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) * msPerTick,
      rssMiB: rssMiBOf(readFileSync(`/proc/${pid}/status`, 'utf8')),
    };
    return childrenOf(pid)
      .map(usageOf)
      .filter((usage) => usage !== undefined)
      .reduce((sum, { cpuMs, rssMiB }) => ({ cpuMs: sum.cpuMs + cpuMs, rssMiB: sum.rssMiB + rssMiB }), own);
  } catch {
    return undefined;
  }
}

/** User and system time of `/proc/PID/stat`, fields 14 and 15; the second, the program's name, may hold anything. */
export function cpuTicksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

export function rssMiBOf(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

/** Any thread may have started them. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
