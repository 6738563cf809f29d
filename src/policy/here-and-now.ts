import { holdsAt, holdsFrom } from './circumstance-rules.ts';
import type { Facts } from './facts.ts';
import type { Reason } from './level.ts';
import type { Next } from './next-step.ts';
import { reason } from './reason.ts';

/** What follows from where a sign-in comes from, and when: nothing, a second factor in any case, or a refusal. */
export interface HereAndNow {
  readonly refused: readonly Reason[];
  readonly always: readonly Reason[];
}

const nothing: HereAndNow = { refused: [], always: [] };

export function hereAndNow({ rules, address, now }: Facts): HereAndNow {
  if (rules.networks.value.length === 0 && rules.hours.value.length === 0) return nothing;
  const networks = rules.networks.value.filter((rule) => holdsFrom(rule, address));
  const hours = rules.hours.value.filter((rule) => holdsAt(rule, now));
  const by = (effect: 'refuse' | 'always_second_factor') => [
    ...networks.filter((rule) => rule.effect === effect).map(({ level }) => reason('networks', level, 'by_network')),
    ...hours.filter((rule) => rule.effect === effect).map(({ level }) => reason('hours', level, 'by_hour')),
  ];
  return { refused: by('refuse'), always: by('always_second_factor') };
}

/** Told only to who proved a first factor: what is refused from where is nobody else's business. */
export function judgeHereAndNow({ here: { refused } }: { readonly here: HereAndNow }): Next | undefined {
  const [first] = refused;
  if (first === undefined) return undefined;
  return { step: 'refused', why: first.rule === 'hours' ? 'hours' : 'network', reasons: refused };
}
