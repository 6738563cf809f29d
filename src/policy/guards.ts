import { acrOf, highest, reaches } from './acr.ts';
import { allowedKinds } from './effective.ts';
import type { Facts } from './facts.ts';
import type { Effective, Reason } from './level.ts';
import { always, reason } from './reason.ts';
import { hasChannel } from './situation.ts';
import { createJudgeStanding, type PersonToPlace } from './standing.ts';

/** A change that would do harm. */
export type Change =
  /** A person loses a method: `left` is what remains to them. */
  | {
      readonly kind: 'remove_method';
      readonly given: Pick<Facts, 'rules' | 'factors' | 'now'>;
      readonly person: PersonToPlace;
      readonly left: PersonToPlace['methods'];
    }
  /** Rules as they would be in force somewhere. */
  | { readonly kind: 'set_rules'; readonly given: Pick<Facts, 'rules' | 'factors'> }
  /** Admins of a realm before and after, those who can sign in: neither disabled nor locked nor stuck. */
  | { readonly kind: 'admins'; readonly before: readonly string[]; readonly after: readonly string[] };

/** `instead`: kinds that the person can set up first, the way out. */
export interface Objection {
  readonly why: 'last_method_needed' | 'nobody_can_satisfy' | 'only_an_admin_can_provide' | 'last_admin';
  /** False: it may be done all the same, by who knows what follows. */
  readonly isRefusal: boolean;
  readonly reasons: readonly Reason[];
  readonly instead?: readonly string[];
}

/** Undefined: nothing speaks against it. */
export function whyNot(change: Change): Objection | undefined {
  if (change.kind === 'remove_method') return whyNotRemove(change.given, change.person, change.left);
  if (change.kind === 'set_rules') return whyNotSet(change.given);
  return whyNotWithout(change.before, change.after);
}

/** A person who is ready stays ready. Who is not yet may always take something away: it is not what policy needs. */
function whyNotRemove(
  given: Pick<Facts, 'rules' | 'factors' | 'now'>,
  person: PersonToPlace,
  left: PersonToPlace['methods'],
): Objection | undefined {
  const judge = createJudgeStanding(given);
  if (judge(person).standing !== 'ready') return undefined;
  const after = judge({ ...person, methods: left });
  if (after.standing === 'ready') return undefined;
  const instead = selfServiceKinds(given).filter((kind) => {
    const replaced = judge({ ...person, methods: [...left, { kind }] });
    return replaced.standing === 'ready';
  });
  return { why: 'last_method_needed', isRefusal: true, reasons: after.reasons, instead };
}

function selfServiceKinds({ rules, factors }: Pick<Facts, 'rules' | 'factors'>): readonly string[] {
  return allowedKinds(rules, factors.keys()).filter((kind) => {
    const factor = factors.get(kind);
    return factor?.isSelfService === true && factor.isBackup !== true;
  });
}

/** Whether anybody can have what these rules want, whatever they have by now. */
function whyNotSet({ rules, factors }: Pick<Facts, 'rules' | 'factors'>): Objection | undefined {
  const wanted = highest(rules.secondFactor.value === 'required' ? 'mfa' : 'single', rules.acr.value);
  if (wanted === 'single') return undefined;
  const fitting = allowedKinds(rules, factors.keys()).flatMap((kind) => {
    const factor = factors.get(kind);
    return factor !== undefined &&
      factor.isBackup !== true &&
      reaches(acrOf(factor.strength), wanted) &&
      hasChannel({ rules }, factor)
      ? [factor]
      : [];
  });
  const reasons = [whyWanted(rules), reason('methods', rules.methods.from, 'no_method_can_be_set_up')];
  if (fitting.length === 0) return { why: 'nobody_can_satisfy', isRefusal: true, reasons };
  const isAlone = fitting.some(
    (factor) =>
      factor.isSelfService && !(factor.isFromInventory === true && rules.preassignedTokensOnly.value === 'yes'),
  );
  return isAlone ? undefined : { why: 'only_an_admin_can_provide', isRefusal: false, reasons };
}

function whyWanted(rules: Effective): Reason {
  return rules.acr.value === 'single'
    ? reason('secondFactor', rules.secondFactor.from, 'required')
    : reason('acr', rules.acr.from, 'acr_required');
}

/** A realm that has an admin who can sign in keeps one. */
function whyNotWithout(before: readonly string[], after: readonly string[]): Objection | undefined {
  if (before.length === 0 || after.length > 0) return undefined;
  return { why: 'last_admin', isRefusal: true, reasons: [always('no_admin_left')] };
}
