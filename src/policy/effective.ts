import { allAcr } from './acr.ts';
import { each, nearest, ruled, strictest, unsaid } from './combinations.ts';
import type { Effective, Level } from './level.ts';
import { combinePasswordMinLength } from './password-length.ts';
import { product } from './reason.ts';
import { combineTerms, requirementsOf } from './requirements.ts';
import type { Rules } from './rules.ts';
import { type Statement, type Statements, statementsOf, takesPart } from './statements.ts';

/** In a list of methods: every kind the product has. The default, so that a new factor needs no rule changed. */
export const everyMethod = '*';

/**
 * Combines the levels by the table of the design: below can tighten, not loosen, unless the level above opened the rule.
 * What nobody sets is the product's. On a tie the outermost level is named.
 */
export function combine(levels: readonly Level[]): Effective {
  const said = statementsOf(levels);
  const secondFactor = combineSecondFactor(said);
  const acr = strictest(said.acr, 'single', (value) => allAcr.indexOf(value));
  const isSecondFactorCertain =
    acr.value !== 'single' ||
    secondFactor.requirements.some(
      ({ from, grace, roles }) => from === 'at_once' && grace === 'none' && roles === 'all',
    );
  return {
    secondFactor,
    ...combineTerms(said),
    methods: combineMethods(said.methods),
    methodOrder: nearest<readonly string[]>(said.methodOrder, []),
    secondMethod: strictest(said.secondMethod, 'no', (value) => ['no', 'wanted', 'required'].indexOf(value)),
    tokenCodes: strictest(said.tokenCodes, 'one', (value) => (value === 'two' ? 1 : 0)),
    preassignedTokensOnly: strictest(said.preassignedTokensOnly, 'no', (value) => (value === 'yes' ? 1 : 0)),
    peoplePerToken: strictest(said.peoplePerToken, 1, (people) => -people),
    sms: strictest(said.sms, 'allowed', (value) => (value === 'not' ? 1 : 0)),
    voice: strictest(said.voice, 'allowed', (value) => (value === 'not' ? 1 : 0)),
    rememberBrowserDays: strictest(said.rememberBrowserDays, 0, (days) => -days),
    sessionHours: strictest(said.sessionHours, 24, (hours) => -hours),
    idleMinutes: strictest(said.idleMinutes, 60, (minutes) => (minutes === 'off' ? -Infinity : -minutes)),
    passwordMinLength: combinePasswordMinLength(said.passwordMinLength, isSecondFactorCertain),
    passkeySignIn: strictest(said.passkeySignIn, 'no', (value) => (value === 'no' ? 1 : 0)),
    lostPhone: combineLostPhone(said.lostPhone),
    externalAuthentication: nearest<NonNullable<Rules['externalAuthentication']> | 'none'>(
      said.externalAuthentication,
      'none',
    ),
    budget: each(said.budget?.map((one) => ({ ...one, value: [one.value] }))),
    acr,
    networks: each(said.networks),
    hours: each(said.hours),
  };
}

function combineSecondFactor(said: Statements): Effective['secondFactor'] {
  const strictness = (value: string) => ['off', 'optional', 'required'].indexOf(value);
  const combined = strictest(said.secondFactor, 'optional', strictness);
  const softer = (said.secondFactor ?? []).filter(
    (one): one is Statement<'off' | 'optional'> => one.value !== 'required',
  );
  const otherwise = strictest<'off' | 'optional'>(softer, 'optional', strictness);
  return { ...combined, otherwise, requirements: combined.value === 'required' ? requirementsOf(said) : [] };
}

/** The intersection, in the order of the nearest level that sets it. */
function combineMethods(said: Statements['methods']): Effective['methods'] {
  if (said === undefined) return unsaid<readonly string[]>([everyMethod]);
  const list = said.map((one) => ({ ...one, value: [...new Set(one.value)] }));
  const parts = list.filter(takesPart);
  const winner = parts.at(-1);
  const value = parts.reduceRight((kept, one) => intersect(kept, one.value), winner?.value ?? [everyMethod]);
  return ruled<readonly string[]>(list, winner, value, () => 'narrowed');
}

/** In the order of `near`; where that says `everyMethod`, kinds that only `far` names take its place. */
function intersect(near: string[], far: string[]): string[] {
  const isOpen = far.includes(everyMethod);
  return near.flatMap((kind) => {
    if (kind === everyMethod) return far.filter((other) => other === everyMethod || !near.includes(other));
    return isOpen || far.includes(kind) ? [kind] : [];
  });
}

/** Hours to wait where nobody sets them: long enough for a notice to be seen over a weekend. */
const lostPhoneByDefault = { waitHours: 72, approvers: 'admin' } as const;

function combineLostPhone(said: Statements['lostPhone']): Effective['lostPhone'] {
  if (said === undefined) return unsaid(lostPhoneByDefault);
  const waits = said.flatMap((one) =>
    one.value.waitHours === undefined ? [] : [{ ...one, value: one.value.waitHours }],
  );
  const approvals = said.flatMap((one) =>
    one.value.approvers === undefined ? [] : [{ ...one, value: one.value.approvers }],
  );
  const wait = strictest(waits, lostPhoneByDefault.waitHours, (hours) => hours);
  const approvers = strictest<'admin' | 'two_people'>(approvals, lostPhoneByDefault.approvers, (who) =>
    who === 'two_people' ? 1 : 0,
  );
  const full = said.map((one) => ({ ...one, value: filled(one.value) }));
  const value = { waitHours: wait.value, approvers: approvers.value };
  const deciding = wait.from === product ? approvers.from : wait.from;
  return ruled(
    full,
    full.find((one) => one.by === deciding),
    value,
  );
}

function filled({
  waitHours = lostPhoneByDefault.waitHours,
  approvers = lostPhoneByDefault.approvers,
}: NonNullable<Rules['lostPhone']>): Effective['lostPhone']['value'] {
  return { waitHours, approvers };
}

/** The kinds of `kinds` that these rules allow, in the order in which they are offered. */
export function allowedKinds(rules: Effective, kinds: Iterable<string>): readonly string[] {
  const known = [...kinds];
  const listed = rules.methods.value;
  const allowed = listed.flatMap((kind) => {
    if (kind === everyMethod) return known.filter((other) => !listed.includes(other));
    return known.includes(kind) ? [kind] : [];
  });
  const order = rules.methodOrder.value;
  if (order.length === 0) return allowed;
  const place = (kind: string) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return allowed.toSorted((one, other) => place(one) - place(other));
}
