import type { Realms } from '../../realm/index.ts';

/** What an operator says of the SIM card behind a number. `at`: absent where it says only that it was lately. */
export type SimAnswer =
  | { readonly is: 'same' }
  | { readonly is: 'changed'; readonly at?: Date }
  /** `reply`: for the log, without the number. */
  | { readonly is: 'unknown'; readonly reply: string };

/** The realm's `messages.simChanges`. */
export interface SimRules {
  /** Hours for which a changed card keeps codes away. */
  readonly withinHours: number;
  /** Where the operator does not say. */
  readonly unknown: 'send' | 'withhold';
}

export type SimVerdict = 'send' | 'sim_changed' | 'sim_unknown';

const hourMs = 60 * 60 * 1000;

/**
 * Whether a code may go to a number: whoever has somebody's number moved to a card of their own gets the codes
 * (NIST SP 800-63B-4 §3.1.3.3). `boundAt`: since when the number is the person's; what was changed before is theirs.
 */
export function judgeSim(answer: SimAnswer, rules: SimRules, given: { now: Date; boundAt: Date }): SimVerdict {
  if (answer.is === 'same') return 'send';
  if (answer.is === 'unknown') return rules.unknown === 'send' ? 'send' : 'sim_unknown';
  if (answer.at === undefined) return 'sim_changed';
  const from = Math.max(given.now.getTime() - rules.withinHours * hourMs, given.boundAt.getTime());
  return answer.at.getTime() >= from ? 'sim_changed' : 'send';
}

/** What a realm says of changed cards; undefined: nobody is asked. */
export const simRulesOf =
  (realms: Pick<Realms, 'get'>) =>
  async (realm: string): Promise<SimRules | undefined> => {
    const rules = (await realms.get(realm))?.messages?.simChanges;
    return rules === undefined ? undefined : { withinHours: rules.withinHours, unknown: rules.unknown ?? 'send' };
  };
