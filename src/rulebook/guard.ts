import type { Method } from '../factors/index.ts';
import type { User } from '../people/index.ts';
import { createJudgeStanding, type Effective, type Objection, type Reason, whyNot } from '../policy/index.ts';
import type { Placed } from '../preview/index.ts';
import type { SoFar } from '../sign-in/index.ts';

/** Why a change of rules would do harm. `isRefusal`: nobody may do it all the same. */
export interface Warning {
  readonly why: Objection['why'] | 'telephone_alone' | 'somebody_stuck' | 'people_stuck';
  readonly isRefusal: boolean;
  readonly reasons: readonly Reason[];
  /** Of `people_stuck`: how many, and the first of them. */
  readonly people?: { readonly count: number; readonly first: readonly Pick<Placed, 'id' | 'name' | 'identifier'>[] };
}

interface Change {
  readonly before: Effective;
  readonly after: Effective;
  readonly factors: SoFar['supply']['factors'];
  readonly at: Date;
  /** The only one whom the rules bind. */
  readonly somebody?: { readonly person: User; readonly methods: readonly Method[]; readonly supply: SoFar['supply'] };
}

/** What speaks against rules as they would be in force; nothing that is as bad before. */
export function speaksAgainst({ before, after, factors, at, somebody }: Change): readonly Warning[] {
  const objection = whyNot({ kind: 'set_rules', given: { rules: after, factors } });
  const known = whyNot({ kind: 'set_rules', given: { rules: before, factors } });
  if (objection !== undefined && objection.why !== known?.why) return [objection];
  if (isByTelephoneAlone(after, factors) && !isByTelephoneAlone(before, factors))
    return [{ why: 'telephone_alone', isRefusal: false, reasons: [] }];
  if (somebody === undefined) return [];
  const { person, methods, supply } = somebody;
  const toPlace = {
    methods: methods.filter(({ state }) => state === 'active'),
    provided: supply.provided,
    ...(person.postponed === undefined ? {} : { postponed: person.postponed }),
  };
  const standing = (rules: Effective) => createJudgeStanding({ rules, factors: supply.factors, now: at })(toPlace);
  const stands = standing(after);
  if (stands.standing !== 'stuck' || standing(before).standing === 'stuck') return [];
  return [{ why: 'somebody_stuck', isRefusal: false, reasons: stands.reasons }];
}

/** NIST SP 800-63B-4 §3.1.3.3: whoever is offered codes by telephone is offered something else as well. */
function isByTelephoneAlone(rules: Effective, factors: Change['factors']): boolean {
  const seconds = rules.methods.value
    .flatMap((kind) => factors.get(kind) ?? [])
    .filter(({ strength }) => strength !== 'none');
  return seconds.length > 0 && seconds.every(({ channels }) => channels !== undefined);
}

const named = 3;

/** Who would be stuck and is not by now, where the rules are not one person's alone. */
export function forPeople(
  kind: 'realm' | 'organization' | 'portal' | 'user',
  people: readonly Placed[],
): readonly Warning[] {
  if (kind === 'user') return [];
  const stuck = people.filter(({ before, after }) => after === 'stuck' && before !== 'stuck');
  const [example] = stuck;
  if (example === undefined) return [];
  const first = stuck.slice(0, named).map(({ id, name, identifier }) => ({ id, name, identifier }));
  return [{ why: 'people_stuck', isRefusal: false, reasons: example.reasons, people: { count: stuck.length, first } }];
}
