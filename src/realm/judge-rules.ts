import { z } from 'zod';
import { type Rules, rulesShape } from '../policy/index.ts';
import { describeIssues } from './describe-issue.ts';
import { judgeMethods } from './judge-methods.ts';

const shape = z.object({ policy: rulesShape });

/** Rules as they would stand at a level, judged as in a realm file: a sentence for each fault, or the rules. */
export function judgeRules(
  candidate: Readonly<Record<string, unknown>>,
  factorKinds: readonly string[],
): { readonly ok: true; readonly rules: Rules } | { readonly ok: false; readonly faults: readonly string[] } {
  const parsed = shape.safeParse({ policy: candidate });
  const found = parsed.success
    ? judgeMethods(parsed.data.policy, factorKinds)
    : describeIssues(parsed.error, shape, { policy: candidate });
  if (parsed.success && found.length === 0) return { ok: true, rules: parsed.data.policy };
  return { ok: false, faults: found.map(({ path, message }) => `${path.slice(1).map(String).join('.')}: ${message}`) };
}
