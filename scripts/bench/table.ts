import type { Result } from './contender.ts';
import type { Report } from './measurements.ts';
import { operationNames } from './operations.ts';
import { nameOf } from './options.ts';

/** The report for people. */
export function tableOf(report: Report): string {
  const { machine, hashCpuMs, decisionUs, preview, runs, bare, targets, refused } = report;
  return [
    `${machine.cores} × ${machine.cpu}, Node ${machine.node}. One Argon2id hash: ${hashCpuMs} ms of CPU.`,
    `A policy decision under ten levels: ${decisionUs} µs of CPU.`,
    ...(preview === undefined
      ? []
      : [
          `A preview for ${preview.people.toLocaleString('en')} people: ${preview.ms} ms (CPU ${preview.cpuMs} ms, with ${preview.reads} reads of sign-ins beside it; p99 ${preview.waitP99Ms} ms, ${preview.waitAloneP99Ms} ms without it).`,
        ]),
    ...section('oidc-provider by itself, on a Map', bare),
    ...runs.flatMap(({ setting, result }) => section(`Gatehouse: ${nameOf(setting)}`, result)),
    ...refused.map(({ setting, why }) => `\nGatehouse: ${nameOf(setting)}\n  not measured: ${why}`),
    ...(targets.length === 0 ? [] : ['\nTargets (SQLite)']),
    ...columns(targets.map(({ what, limit, measured, isMet }) => [isMet ? 'met' : 'MISSED', what, limit, measured])),
    '',
  ].join('\n');
}

function section(title: string, result: Result): string[] {
  const { coldStartMs, coldStartCpuMs, idleMiB, loadedMiB, ops, alone, refused, flood } = result;
  const rows = operationNames.flatMap((name) => {
    const why = refused[name];
    const row = (lanes: string, measured: Result['ops'][typeof name] | undefined) =>
      measured === null || measured === undefined
        ? []
        : [[name, lanes, ...[measured.perSecond, measured.p50Ms, measured.p99Ms, measured.cpuMs].map(String)]];
    return [
      ...row('16', ops[name]),
      ...row('1', alone[name]),
      ...(why === undefined ? [] : [[name, `not measured: ${why}`]]),
    ];
  });
  return [
    `\n${title}`,
    `  cold start ${coldStartMs} ms (CPU ${coldStartCpuMs} ms), ${idleMiB} MiB idle, ${loadedMiB} MiB loaded`,
    ...(flood === undefined
      ? []
      : [
          `  while ${flood.guessesPerSecond} guesses a second come (${flood.turnedAwayPercent} % turned away): a sign-in ${flood.p50Ms} ms, from elsewhere ${flood.elsewhereP50Ms} ms, ${flood.aloneP50Ms} ms before (p50; p99 ${flood.p99Ms} and ${flood.elsewhereP99Ms} ms)`,
        ]),
    ...columns([['', 'parallel', 'per s', 'p50 ms', 'p99 ms', 'CPU ms'], ...rows]),
  ];
}

/** Left-aligned words, padded to the widest of their column. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.slice(0, -1).entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}
