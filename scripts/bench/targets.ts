import type { Measurements } from './measurements.ts';
import type { OperationName } from './operations.ts';
import type { Setting } from './options.ts';
import { fewPeople, manyPeople } from './options.ts';

export interface Judged {
  readonly what: string;
  readonly limit: string;
  /** What was measured, in the unit of the limit. */
  readonly measured: string;
  readonly isMet: boolean;
}

const overheadLimit = 1.25;
const comparedWithBare: readonly OperationName[] = ['token_es256', 'token_rs256', 'refresh', 'userinfo'];
const signInMs = 12;
const decisionLimitUs = 50;
const previewLimitS = 5;
const previewWaitMs = 20;
const coldStartLimit = 2;
const idleMiB = 150;
const loadedMiB = 250;
const floodLimit = 1.5;
const growthLimit = 1.1;
const secondWorkerGain = 1.7;

/** What issue by issue was promised, as far as these measurements say something about it. */
export function judge({ ours, bare, hashCpuMs, decisionUs, preview, runs }: Measurements): readonly Judged[] {
  const judged: Judged[] = [];
  const atMost = (what: string, measured: number, limit: number, unit: string) =>
    judged.push({
      what,
      limit: `≤ ${limit}${unit}`,
      measured: `${measured.toFixed(2)}${unit}`,
      isMet: measured <= limit,
    });

  for (const name of comparedWithBare) {
    const [mine, theirs] = [ours.ops[name], bare.ops[name]];
    if (mine !== null && theirs !== null) atMost(`CPU of ${name}`, mine.cpuMs / theirs.cpuMs, overheadLimit, ' × bare');
  }
  const signIn = ours.ops.sign_in;
  if (signIn !== null) atMost('CPU of sign_in beyond its hash', signIn.cpuMs - hashCpuMs, signInMs, ' ms');
  atMost('CPU of a decision under ten levels', decisionUs, decisionLimitUs, ' µs');
  if (preview !== undefined) {
    atMost('preview of 100,000 people', preview.ms / 1_000, previewLimitS, ' s');
    atMost('wait of a sign-in meanwhile, p99', preview.waitP99Ms, previewWaitMs, ' ms');
  }
  if (ours.flood !== undefined) {
    const { aloneP50Ms, p50Ms, elsewhereP50Ms } = ours.flood;
    atMost('a sign-in while others guess', p50Ms / aloneP50Ms, floodLimit, ' × alone');
    atMost('the same from a new address', elsewhereP50Ms / aloneP50Ms, floodLimit, ' × alone');
  }
  atMost('cold start', ours.coldStartMs / bare.coldStartMs, coldStartLimit, ' × bare');
  atMost('memory, idle', ours.idleMiB, idleMiB, ' MiB');
  atMost('memory, loaded', ours.loadedMiB, loadedMiB, ' MiB');

  const cpuOf = (setting: Partial<Setting>, name: OperationName) => find(runs, setting)?.result.ops[name]?.cpuMs;
  for (const name of ['userinfo', 'refresh', 'sign_in'] as const) {
    const few = cpuOf({ people: fewPeople, workers: 1 }, name);
    const many = cpuOf({ people: manyPeople, workers: 1 }, name);
    if (few !== undefined && many !== undefined)
      atMost(`CPU of ${name} among 200,000`, many / few, growthLimit, ' × 1,000');
  }
  const one = find(runs, { people: fewPeople, workers: 1 })?.result.ops.sign_in;
  const two = find(runs, { people: fewPeople, workers: 2 })?.result.ops.sign_in;
  if (one && two) {
    const gain = two.perSecond / one.perSecond;
    judged.push({
      what: 'sign-ins of two workers (two free cores, and others for the load)',
      limit: `≥ ${secondWorkerGain} × one`,
      measured: `${gain.toFixed(2)} × one`,
      isMet: gain >= secondWorkerGain,
    });
  }
  return judged;
}

function find(runs: Measurements['runs'], wanted: Partial<Setting>) {
  return runs.find(
    ({ setting }) =>
      setting.engine === 'sqlite' && setting.people === wanted.people && setting.workers === wanted.workers,
  );
}
