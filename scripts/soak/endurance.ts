import { median, percentile, rounded } from '../bench/statistics.ts';

/** One minute of a long run. */
export interface Minute {
  readonly signIns: number;
  readonly p99Ms: number;
  readonly rssMiB: number;
  /** Absent where it cannot be seen. */
  readonly openFiles?: number;
}

export interface Endured {
  readonly perSecond: number;
  readonly minutes: readonly Minute[];
  readonly failures: readonly string[];
  /** Of a hundred that were to begin: those that found no free connection. */
  readonly latePercent: number;
  readonly faults: readonly string[];
}

/** L4: resident memory may grow by so much from the first part of the run to the last. */
const growthLimit = 1.1;
/** L4: "flat": as many connections come and go. */
const openFilesLimit = 16;
/** Of the run, which part is its beginning and which its end. The first tenth is left out: the server has not met everything yet. */
const part = 0.2;
const warmUp = 0.1;
/** More than this did not begin: then it was no run at the wanted rate. */
const lateLimitPercent = 1;

/** What a long run shows, judged by row L4: no errors, no growth. */
export function judgeEndurance({
  perSecond,
  minutes,
  failures,
  late,
}: {
  readonly perSecond: number;
  readonly minutes: readonly Minute[];
  readonly failures: readonly string[];
  readonly late: number;
}): Endured {
  const faults: string[] = [];
  const from = Math.floor(minutes.length * warmUp);
  const size = Math.max(1, Math.floor((minutes.length - from) * part));
  const [first, last] = [minutes.slice(from, from + size), minutes.slice(-size)];
  const of = (some: readonly Minute[], read: (minute: Minute) => number) => median(some.map(read));

  const [rssAtFirst, rssAtLast] = [of(first, ({ rssMiB }) => rssMiB), of(last, ({ rssMiB }) => rssMiB)];
  if (rssAtLast > rssAtFirst * growthLimit)
    faults.push(`L4: memory grew from ${rounded(rssAtFirst)} to ${rounded(rssAtLast)} MiB`);
  const files = (some: readonly Minute[]) => of(some, ({ openFiles = 0 }) => openFiles);
  if (files(last) > files(first) + openFilesLimit)
    faults.push(`L4: ${files(first)} files and sockets were open at first, ${files(last)} in the end`);
  if (failures.length > 0) faults.push(`L4: ${failures.length} sign-ins failed, the first: ${failures[0] ?? ''}`);
  const begun = minutes.reduce((sum, { signIns }) => sum + signIns, 0) + failures.length;
  const latePercent = rounded((late / Math.max(1, begun + late)) * 100);
  if (latePercent > lateLimitPercent) faults.push(`${latePercent} % of the sign-ins could not begin in their time`);
  return { perSecond, minutes, failures: failures.slice(0, 10), latePercent, faults };
}

/** `tookMs`: of its sign-ins. */
export function minuteOf(tookMs: Float64Array, rssMiB: number, openFiles: number | undefined): Minute {
  const p99Ms = tookMs.length === 0 ? 0 : rounded(percentile(tookMs.toSorted(), 0.99));
  return { signIns: tookMs.length, p99Ms, rssMiB: rounded(rssMiB), ...(openFiles === undefined ? {} : { openFiles }) };
}
