import type { Facts } from './facts.ts';
import type { Reason, Requirement } from './level.ts';
import type { Postponement } from './next-step.ts';
import { reason } from './reason.ts';
import { startOf } from './requirements.ts';

/** What the second-factor rule comes to for this person, now. */
export interface Demand {
  readonly mode: 'off' | 'optional' | 'required';
  readonly why: Reason;
  /** A requirement binds, or will, and may still be put off. */
  readonly postponement?: Postponement;
}

interface Binding {
  readonly requirement: Requirement;
  /** Absent: it binds now. */
  readonly postponement?: Postponement;
}

const dayMs = 86_400_000;

/** The strictest of the requirements that bind the person; where none does, what else is said. */
export function demandOf(facts: Facts): Demand {
  const { requirements, otherwise } = facts.rules.secondFactor;
  const binding = requirements.filter((each) => bindsRole(each, facts)).map((each) => boundBy(each, facts));
  const bound = binding.find((each) => each.postponement === undefined);
  if (bound !== undefined)
    return { mode: 'required', why: reason('secondFactor', bound.requirement.level, 'required') };
  const [grace] = binding.filter((each) => each.postponement?.isCounted === true).toSorted(bySoonest);
  if (grace?.postponement !== undefined) {
    const why = reason('grace', grace.requirement.graceLevel, 'grace');
    return { mode: 'optional', why, postponement: grace.postponement };
  }
  const [ahead] = binding.toSorted(bySoonest);
  if (ahead?.postponement !== undefined) {
    const why = reason('requiredFrom', ahead.requirement.fromLevel, 'required_later');
    return { mode: 'optional', why, postponement: ahead.postponement };
  }
  if (requirements.length > 0) {
    return { mode: otherwise.value, why: reason('forRoles', facts.rules.forRoles.from, 'role_not_bound') };
  }
  const because = otherwise.value === 'off' ? 'not_asked' : 'not_required';
  return { mode: otherwise.value, why: reason('secondFactor', otherwise.from, because) };
}

function bindsRole({ roles, within }: Requirement, { person }: Facts): boolean {
  if (roles === 'all') return true;
  return (person?.memberships ?? []).some(
    ({ role, organization, under }) =>
      roles.includes(role) && (within?.some((id) => organization === id || under.includes(id)) ?? true),
  );
}

function boundBy(requirement: Requirement, facts: Facts): Binding {
  const now = facts.now.getTime();
  const start = startOf(requirement.from);
  if (now < start) {
    return { requirement, postponement: { until: new Date(start), isCounted: false } };
  }
  const { grace } = requirement;
  if (grace === 'none') return { requirement };
  const { times = 0, since = facts.now } = facts.person?.postponed ?? {};
  const until = Math.min(
    grace.until === undefined ? Infinity : startOf(grace.until),
    grace.days === undefined ? Infinity : since.getTime() + grace.days * dayMs,
  );
  const left = grace.postponements === undefined ? Infinity : grace.postponements - times;
  if (now >= until || left < 0 || (left === 0 && !hasPostponed(facts))) return { requirement };
  return {
    requirement,
    postponement: {
      ...(until === Infinity ? {} : { until: new Date(until) }),
      ...(left === Infinity ? {} : { left }),
      isCounted: true,
    },
  };
}

/** The last postponement covers this sign-in, and the session that comes of it. */
function hasPostponed({ answers, session, proven }: Facts): boolean {
  return answers.includes('postponed') || (session !== undefined && proven.length === 0);
}

function bySoonest(one: Binding, other: Binding): number {
  const endOf = ({ postponement }: Binding) => postponement?.until?.getTime() ?? Infinity;
  const leftOf = ({ postponement }: Binding) => postponement?.left ?? Infinity;
  return compare(endOf(one), endOf(other)) || compare(leftOf(one), leftOf(other));
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
