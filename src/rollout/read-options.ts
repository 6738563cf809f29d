import { parse } from 'yaml';
import type { RolloutCommandsContext } from './commands-context.ts';
import type { Wave } from './rollout.ts';

type Read<T> = { readonly value: T } | { readonly faults: readonly string[] };

/** `rule=value`, the value as in YAML. */
export function readRules(pairs: readonly string[]): Read<Readonly<Record<string, unknown>>> {
  const rules: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (at < 1) faults.push(`"${pair}": say to what, such as secondFactor=required`);
    else if (Object.hasOwn(rules, name)) faults.push(`${name}: once is enough`);
    else {
      try {
        rules[name] = parse(pair.slice(at + 1));
      } catch {
        faults.push(`${name}: "${pair.slice(at + 1)}" is no value; quote it as in YAML`);
      }
    }
  }
  return faults.length > 0 ? { faults } : { value: rules };
}

/** `2026-06-01=10%`, `2026-06-08=North/Client;South`, `2026-06-15=rest`: from when, and who. */
export async function readWaves(
  context: RolloutCommandsContext,
  realm: string,
  given: readonly string[],
): Promise<Read<readonly Wave[]>> {
  const waves: Wave[] = [];
  const faults: string[] = [];
  for (const text of given) {
    const at = text.indexOf('=');
    const [when, who] = at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    const startsAt = momentOf(when);
    if (startsAt === undefined) {
      faults.push(`"${text}": a wave is <date>=<who>, such as 2026-06-01=10% or 2026-06-01T06:00:00Z=rest`);
      continue;
    }
    const share = shareOf(who, waves);
    if (share !== undefined) {
      waves.push({ startsAt, share });
      continue;
    }
    const refs = who.split(';').filter((ref) => ref.trim() !== '');
    const found = await Promise.all(refs.map((ref) => context.people.tenancy.organizations.named(realm, ref.trim())));
    const missing = refs.filter((_, index) => found[index] === undefined);
    if (refs.length === 0) faults.push(`"${text}": say who: 10%, rest, or organizations`);
    faults.push(...missing.map((ref) => `there is no organization "${ref}"; see \`gatehouse org list ${realm}\``));
    waves.push({ startsAt, organizations: found.flatMap((each) => (each === undefined ? [] : [each.id])) });
  }
  return faults.length > 0 ? { faults } : { value: waves };
}

/** A day begins at midnight UTC. RFC 3339. */
function momentOf(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** Percent; `rest`: what the waves before leave. */
function shareOf(who: string, before: readonly Wave[]): number | undefined {
  if (who === 'rest') {
    const taken = before.reduce((sum, { share = 0 }) => sum + Math.round(share * 100), 0);
    return (10_000 - taken) / 100;
  }
  const percent = /^(\d{1,3}(?:\.\d{1,2})?)\s*%$/.exec(who)?.[1];
  return percent === undefined ? undefined : Number(percent);
}

/** A whole number or one with a point; undefined for anything else. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
