import { parse } from 'yaml';
import { type Outcome, operator, wrongUsage } from '../command-line/index.ts';
import { nearest, table } from '../kernel/index.ts';
import { allRules, type Rules } from '../policy/index.ts';
import type { PolicyCommandsContext } from './commands-context.ts';
import { type LevelOptions, levelOf } from './level-options.ts';
import type { Page, RulesChanged } from './rulebook.ts';
import { levelSays, objectionSays, overruledSays, reasonSays, valueSays } from './sentences.ts';

/** A level's own rules, and which of them have no effect. */
export async function show(context: PolicyCommandsContext, realm: string, options: LevelOptions): Promise<Outcome> {
  const ref = await levelOf(context, realm, options);
  if ('refused' in ref) return ref;
  const page = await context.rulebook.read(ref);
  if (page === undefined) return { refused: [gone] };
  return { lines: [titleOf(page), ...rulesOf(page)], json: jsonOf(page) };
}

export interface SetOptions extends LevelOptions {
  readonly unset?: readonly string[];
  readonly force?: boolean;
}

/** One or several rules of one level, all or none. */
export async function set(
  context: PolicyCommandsContext,
  realm: string,
  pairs: readonly string[],
  options: SetOptions,
): Promise<Outcome> {
  const read = readChanges(pairs, options.unset ?? []);
  if ('faults' in read) return wrongUsage(...read.faults);
  const ref = await levelOf(context, realm, options);
  if ('refused' in ref) return ref;
  const isForced = options.force === true;
  const changed = await context.rulebook.change(ref, read.changes, { actor: operator, isForced });
  if (changed.ok) {
    const { page, before, isChanged } = changed;
    const lines = isChanged ? changesOf(before, page.level.rules) : ['nothing to do: it is so already'];
    return { lines: [titleOf(page), ...lines, ...idleOf(page)], json: { ...jsonOf(page), before, isChanged } };
  }
  if (changed.why !== 'warned') return refusedChange(changed);
  const { warnings, canForce } = changed;
  return {
    refused: [
      ...warnings.flatMap((each) => [objectionSays(each), ...each.reasons.map((reason) => `  ${reasonSays(reason)}`)]),
      canForce ? 'nothing was changed; --force does it all the same' : 'nothing was changed',
    ],
    json: changed,
  };
}

/** Refused for itself, before anybody was looked at. */
export function refusedChange(refused: Extract<RulesChanged, { readonly why: 'absent' | 'refused' }>): Outcome {
  if (refused.why === 'absent') return { refused: [gone] };
  return { refused: [...refused.faults, 'nothing was changed'], json: refused };
}

const gone = 'that is not there (any more)';

type Changes = { readonly changes: Readonly<Record<string, unknown>> } | { readonly faults: readonly string[] };

/** `rule=value`, the value as in YAML; and names of rules to leave to other levels. */
export function readChanges(pairs: readonly string[], unset: readonly string[]): Changes {
  const changes: Record<string, unknown> = {};
  const faults: string[] = [];
  const known: readonly string[] = [...allRules, 'open'];
  for (const [name, text] of [...pairs.map(split), ...unset.map((rule) => [rule, null] as const)]) {
    if (!known.includes(name)) {
      const meant = nearest(name, known);
      faults.push(`there is no rule "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`}`);
    } else if (text === undefined) faults.push(`${name}: say to what, such as ${name}=value, or --unset ${name}`);
    else if (Object.hasOwn(changes, name)) faults.push(`${name}: once is enough`);
    else changes[name] = text === null ? null : parsed(text, name, faults);
  }
  if (pairs.length + unset.length === 0) faults.push('say which: rule=value …, or --unset <rule>');
  return faults.length > 0 ? { faults } : { changes };
}

function split(pair: string): readonly [string, string | undefined] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, undefined] : [pair.slice(0, at), pair.slice(at + 1)];
}

function parsed(text: string, rule: string, faults: string[]): unknown {
  try {
    return parse(text) ?? text;
  } catch {
    faults.push(`${rule}: "${text}" is no value; quote it as in YAML`);
    return undefined;
  }
}

const titleOf = ({ level }: Page) => `rules of ${levelSays(level)}:`;

function rulesOf(page: Page): readonly string[] {
  const own = Object.entries(page.level.rules);
  if (own.length === 0) return ['  none of its own'];
  return table([
    ['RULE', 'VALUE', 'EFFECT'],
    ...own.map(([rule, value]) => {
      const idle = page.idle.find((each) => each.rule === rule);
      return [
        rule,
        valueSays(value),
        idle === undefined ? '' : `none: ${overruledSays[idle.why]}, ${levelSays(idle.holds.level)}`,
      ];
    }),
  ]);
}

/** What was set to no effect is told at once. */
function idleOf({ idle }: Page): readonly string[] {
  return idle.map(
    ({ rule, why, holds }) =>
      `${rule} has no effect: ${overruledSays[why]}; ${valueSays(holds.value)} holds (${levelSays(holds.level)})`,
  );
}

function changesOf(before: Rules, after: Rules): readonly string[] {
  const shown = (value: unknown) => (value === undefined ? 'unset' : valueSays(value));
  const rules = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Rules)[];
  return rules
    .filter((rule) => JSON.stringify(before[rule]) !== JSON.stringify(after[rule]))
    .map((rule) => `  ${rule}: ${shown(before[rule])} → ${shown(after[rule])}`);
}

function jsonOf({ level: { kind, id, name, rules }, idle }: Page) {
  return {
    level: { kind, id, name },
    rules,
    withoutEffect: idle.map(({ rule, why, holds }) => ({
      rule,
      why,
      holds: { value: holds.value, level: holds.level },
    })),
  };
}
