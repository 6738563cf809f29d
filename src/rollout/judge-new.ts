import type { Rules } from '../policy/index.ts';
import { judgeRules } from '../realm/index.ts';
import type { NewRollout, Wave } from './rollout.ts';

const longestName = 80;
const mostWaves = 50;

/** What is wrong with it, a sentence each; or its rules, checked. */
export function judgeNew(
  { name, rules, waves, stopAbovePercent = 2, remindBeforeDays = 7, remindAfterDays = 3 }: NewRollout,
  factorKinds: readonly string[],
): { readonly ok: true; readonly rules: Rules } | { readonly ok: false; readonly faults: readonly string[] } {
  const judged = judgeRules(rules, factorKinds);
  const faults = judged.ok ? [] : [...judged.faults];
  if (name.trim() === '' || name.length > longestName) faults.push(`a name has 1 to ${longestName} characters`);
  if (Object.keys(rules).length === 0) faults.push('say which rules: secondFactor=required …');
  if ('open' in rules) faults.push('open: a roll-out asks for more, it opens nothing');
  if ('requiredFrom' in rules) faults.push('requiredFrom: the waves say from when');
  if (waves.length === 0 || waves.length > mostWaves) faults.push(`a roll-out has 1 to ${mostWaves} waves`);
  faults.push(...waves.flatMap((wave, at) => faultsOf(wave, at, waves[at - 1])));
  const sum = waves.reduce((total, { share = 0 }) => total + Math.round(share * 100), 0);
  if (sum > 10_000) faults.push(`the shares come to ${sum / 100} %, more than everybody`);
  if (!(stopAbovePercent >= 0 && stopAbovePercent <= 100)) faults.push('to stop above: 0 to 100 percent');
  for (const days of [remindBeforeDays, remindAfterDays]) {
    if (!Number.isInteger(days) || days < 0 || days > 365) faults.push('reminders: 0 (none) to 365 days');
  }
  return judged.ok && faults.length === 0 ? { ok: true, rules: judged.rules } : { ok: false, faults };
}

function faultsOf({ startsAt, share, organizations }: Wave, at: number, before: Wave | undefined): readonly string[] {
  const faults: string[] = [];
  const said = `wave ${at + 1}`;
  if (Number.isNaN(startsAt.getTime())) faults.push(`${said}: say from when, such as 2026-06-01`);
  if (before !== undefined && startsAt < before.startsAt) faults.push(`${said}: begins before wave ${at}`);
  if ((share === undefined) === (organizations === undefined)) faults.push(`${said}: a share, or organizations`);
  if (share !== undefined && !(share >= 0.01 && share <= 100)) faults.push(`${said}: 0.01 to 100 percent`);
  if (organizations?.length === 0) faults.push(`${said}: names no organization`);
  return faults;
}
