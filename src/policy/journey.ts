import { reaches } from './acr.ts';
import type { Next } from './next-step.ts';
import { always, reason } from './reason.ts';
import type { Situation } from './situation.ts';
import { kindsToEnrol } from './wanted.ts';

/** The kind picked last, if it is one of `kinds`. */
export function chosenOf({ facts: { answers } }: Situation, kinds: readonly string[]): string | undefined {
  const chosen = answers.findLast((answer) => answer.startsWith('chosen:'))?.slice('chosen:'.length);
  return chosen !== undefined && kinds.includes(chosen) ? chosen : undefined;
}

/** The page of the kind that was picked; the others stay within reach. */
export function enrolChosen(
  kinds: readonly string[],
  chosen: string,
  rest: Pick<Next, 'reasons'>,
  canPostpone = false,
): Next {
  return { step: 'enrol', kinds: [chosen, ...kinds.filter((kind) => kind !== chosen)], canPostpone, ...rest };
}

/**
 * A second method of another kind, once the first was proven in this sign-in. Where none can be set up nobody is held
 * up: the first alone is still what policy requires.
 */
export function judgeSecondMethod(situation: Situation): Next | undefined {
  const { facts, first, counted, allowed } = situation;
  const { value, from } = facts.rules.secondMethod;
  if (value === 'no' || first === undefined || !reaches(counted, 'mfa')) return undefined;
  const isSkippable = value === 'wanted';
  if (isSkippable && (!facts.answers.includes('enrolled') || facts.answers.includes('second_skipped')))
    return undefined;
  const isBackup = (kind: string) => facts.factors.get(kind)?.isBackup === true;
  const own = new Set(allowed.filter((method) => !isBackup(method.kind)).map((method) => method.kind));
  if (own.size !== 1) return undefined;
  const kinds = kindsToEnrol(situation, 'mfa').filter((kind) => !own.has(kind) && !isBackup(kind));
  if (kinds.length === 0) return undefined;
  const reasons = [reason('secondMethod', from, isSkippable ? 'second_method_wanted' : 'second_method_required')];
  const chosen = chosenOf(situation, kinds);
  if (chosen !== undefined) return enrolChosen(kinds, chosen, { reasons });
  return { step: 'second-method', kinds, canSkip: isSkippable, reasons };
}

/** What was set up in this sign-in, where policy wants more than one method of people. */
export function judgeSummary({ facts, ordered }: Situation): Next | undefined {
  const { answers, rules } = facts;
  if (rules.secondMethod.value === 'no' || !answers.includes('enrolled') || answers.includes('summary_seen')) {
    return undefined;
  }
  return { step: 'summary', methods: ordered.map((method) => method.id), reasons: [always('set_up')] };
}
