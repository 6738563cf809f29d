import type { Load } from './load-process.ts';
import type { OperationName } from './operations.ts';
import type { ServerProcess } from './server-process.ts';
import { percentile, rounded } from './statistics.ts';

export interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of the server's processes, all threads, for one operation. */
  readonly cpuMs: number;
  /** How many operations this was measured on. */
  readonly count: number;
}

export interface Span {
  readonly lanes: number;
  readonly warmUpS: number;
  readonly measureS: number;
}

/** What a sign-in leaves to be written to the audit log after its answer belongs to it. */
const settleMs = 150;

/** Throws with the reason when the operation cannot be done. */
export async function measure(
  load: Load,
  server: ServerProcess,
  operation: OperationName,
  { lanes, warmUpS, measureS }: Span,
): Promise<Measured> {
  await load.run(operation, 1, 0);
  await warmUp(load, operation, lanes, warmUpS);
  await settled();
  const before = await server.usage();
  const { tookMs, wallMs } = await load.run(operation, lanes, measureS);
  await settled();
  const after = await server.usage();
  tookMs.sort();
  return {
    perSecond: rounded((tookMs.length / wallMs) * 1000),
    p50Ms: rounded(percentile(tookMs, 0.5)),
    p99Ms: rounded(percentile(tookMs, 0.99)),
    cpuMs: rounded((after.cpuMs - before.cpuMs) / tookMs.length),
    count: tookMs.length,
  };
}

/**
 * So many operations, or so long at least. A sign-in runs so much code that its first hundreds are interpreted and cost
 * half as much again; a server has them behind it within its first minutes.
 */
const warmOperations = 250;
/** Where they are slow. */
const warmAtMostS = 6;

async function warmUp(load: Load, operation: OperationName, lanes: number, atLeastS: number): Promise<void> {
  const endsAt = performance.now() + warmAtMostS * 1000;
  let { length: done } = (await load.run(operation, lanes, atLeastS)).tookMs;
  if (atLeastS === 0) return;
  while (done < warmOperations && performance.now() < endsAt) {
    done += (await load.run(operation, lanes, atLeastS)).tookMs.length;
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, settleMs));
