import { demandOf } from './demand.ts';
import type { Facts, PersonFacts } from './facts.ts';
import type { Effective, Reason, Requirement } from './level.ts';
import { next } from './next.ts';
import type { Next } from './next-step.ts';

/**
 * `ready`: has what policy wants, or will want once its dates and grace are over. `asked`: can set up what is missing
 * alone. `stuck`: cannot.
 */
export interface Standing {
  readonly standing: 'ready' | 'asked' | 'stuck';
  readonly reasons: readonly Reason[];
}

/** What of a person their standing depends on. */
export type PersonToPlace = Pick<PersonFacts, 'memberships' | 'postponed' | 'provided'> & {
  readonly methods: readonly { readonly kind: string }[];
};

/**
 * Judges people under one set of rules: what `next` would ask of them at a sign-in with nothing but their password, in
 * an unknown browser, once every date has come and all grace is over; rules about networks and hours aside, since
 * nobody knows where from and when. People alike (`profileOf`) are judged once.
 */
export function createJudgeStanding(given: Given): (person: PersonToPlace) => Standing {
  const known = new Map<string, Standing>();
  return (person) => {
    const profile = profileOf(person, given);
    const before = known.get(profile);
    if (before !== undefined) return before;
    const atLast = factsOf({ ...given, rules: inTheEnd(given.rules) }, person);
    const judged = place(atLast, demandOf(factsOf(given, person)).why);
    known.set(profile, judged);
    return judged;
  };
}

/**
 * People of one profile stand alike under the same rules: the kinds they have and could be given, and what the second
 * factor's rules come to for them, now and in the end. Short, so that counts by profile can be kept.
 */
export function profileOf(person: PersonToPlace, given: Given): string {
  const sorted = (kinds: readonly string[]) => [...new Set(kinds)].toSorted().join('+');
  const kinds = `${sorted(person.methods.map(({ kind }) => kind))}|${sorted(person.provided ?? [])}`;
  if (given.rules.secondFactor.requirements.length === 0) return kinds;
  const [now, last] = [given, { ...given, rules: inTheEnd(given.rules) }].map((each) => {
    const { because, level } = demandOf(factsOf(each, person)).why;
    return `${because}:${level.kind}:${level.id}`;
  });
  return `${kinds}|${now}|${last}`;
}

type Given = Pick<Facts, 'rules' | 'factors' | 'now'>;

const ends = new WeakMap<Effective, Effective>();

/** The same rules once all dates have come and all grace is over. */
function inTheEnd(rules: Effective): Effective {
  const known = ends.get(rules);
  if (known !== undefined) return known;
  const plainly = (requirement: Requirement): Requirement => ({ ...requirement, from: 'at_once', grace: 'none' });
  const { secondFactor, networks, hours } = rules;
  const last = {
    ...rules,
    secondFactor: { ...secondFactor, requirements: secondFactor.requirements.map(plainly) },
    networks: { ...networks, value: [] },
    hours: { ...hours, value: [] },
  };
  ends.set(rules, last);
  return last;
}

function factsOf(given: Given, person: PersonToPlace): Facts {
  const methods = person.methods.map(({ kind }, at) => ({ id: String(at), kind, order: at }));
  return {
    ...given,
    request: { acrValues: [], essentialAcr: [], needsConsent: false },
    person: { ...person, id: 'somebody', isDisabled: false, isSecondFactorLocked: false, hasPassword: true, methods },
    proven: [{ factor: 'password', amr: ['pwd'], at: given.now }],
    answers: ['postponed'],
    browser: { isKnown: false },
  };
}

/** Proves what is asked for; the first page that would have something set up decides. */
function place(start: Facts, demand: Reason): Standing {
  let facts = start;
  // Each challenge proves a method that was not proven before.
  for (let asked = 0; asked <= (start.person?.methods.length ?? 0); asked += 1) {
    const decision = next(facts);
    if (decision.step !== 'challenge') return standingAt(decision, demand);
    facts = { ...facts, proven: [...facts.proven, ...proofOf(facts, decision.methods[0])] };
  }
  return { standing: 'ready', reasons: [demand] };
}

function standingAt(decision: Next, demand: Reason): Standing {
  const isPutOff = demand.because === 'grace' || demand.because === 'required_later';
  const reasons = isPutOff ? [demand, ...decision.reasons] : decision.reasons;
  switch (decision.step) {
    case 'refused':
      return { standing: 'stuck', reasons };
    case 'protect-account':
    case 'choose-method':
    case 'enrol':
    case 'second-method':
      return { standing: 'asked', reasons };
    default:
      return { standing: 'ready', reasons };
  }
}

function proofOf({ person, now }: Facts, id: string | undefined): Facts['proven'] {
  const method = person?.methods.find((each) => each.id === id);
  return method === undefined ? [] : [{ factor: method.kind, amr: [], at: now }];
}
