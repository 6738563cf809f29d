import { type Objection, whyNot } from '../policy/index.ts';
import type { Realm, RealmAdmin } from '../realm/index.ts';
import { inTheEnd } from '../rollout/index.ts';
import type { Alone } from '../store/index.ts';
import { type Hypothesis, type Loss, personally, under } from './hypothesis.ts';
import { createJudge, rulesFor } from './judge.ts';
import { createKeeping, type Keeping, type MethodsOf, type RemovalObjection } from './keeping.ts';
import { type Survey, type SurveyDeps, surveySome, withLine } from './survey.ts';

/**
 * Asked before a change. Undefined: nothing speaks against it. A realm in which nobody who administers it can sign in is
 * as it was: then no change is refused for that.
 */
export interface Guards extends Keeping {
  /** Whether somebody who administers the realm could still sign in. */
  lastAdmin(realm: string, change: Hypothesis | Loss): Promise<Objection | undefined>;
  /** Whether each of them who is ready would still be without these methods; and `lastAdmin`. */
  removal(realm: string, methods: readonly MethodsOf[]): Promise<RemovalObjection | undefined>;
}

export interface GuardsDeps extends SurveyDeps {
  readonly realms: SurveyDeps['realms'] & Pick<RealmAdmin, 'forget'>;
  readonly alone: Alone;
}

export function createGuards(deps: GuardsDeps): Guards {
  const lastAdmin: Guards['lastAdmin'] = async (realmId, change) => {
    const realm = await deps.realms.get(realmId);
    if (realm === undefined) return undefined;
    const survey = await admins(deps, realm);
    const before = able(survey);
    if (change.kind === 'loss')
      return whyNot({ kind: 'admins', before, after: able(await without(deps, survey, change)) });
    const changed = surveyUnder(await reaching(deps, survey, change), change);
    const objection = whyNot({ kind: 'admins', before, after: able(changed) });
    if (objection === undefined) return undefined;
    const stranded = changed.people.find(({ id }) => id === before[0]);
    const reasons = stranded === undefined ? [] : createJudge(changed.world, undefined)(stranded).reasons;
    return { ...objection, reasons: [...objection.reasons, ...reasons] };
  };

  const removal: Guards['removal'] = async (realmId, methods) => {
    const realm = await deps.realms.get(realmId);
    if (realm === undefined) return undefined;
    for (const { userId, ids } of methods) {
      const objection = await whyNeeded(deps, realm, userId, ids);
      if (objection !== undefined) return { ...objection, userId };
    }
    return lastAdmin(realmId, { kind: 'loss', losses: methods.map(({ userId, ids }) => ({ userId, what: ids })) });
  };

  return { lastAdmin, removal, ...createKeeping(deps, { lastAdmin, removal }) };
}

/** Whether policy needs these methods of somebody who has what it wants, in any session of theirs that could be. */
async function whyNeeded(deps: SurveyDeps, realm: Realm, userId: string, ids: readonly string[]) {
  const { world, people } = await surveySome(deps, realm, [userId]);
  const [person] = people;
  if (person === undefined || person.isShutOut) return undefined;
  const left = (await kindsLeft(deps, realm.id, userId, ids)).map((kind) => ({ kind }));
  const { memberships, sessions } = rulesFor(world, person, undefined);
  const { provided, postponed } = person;
  const toPlace = {
    ...{ memberships, provided, methods: person.kinds.map((kind) => ({ kind })) },
    ...(postponed === undefined ? {} : { postponed }),
  };
  for (const rules of sessions) {
    const given = { rules, factors: world.factors, now: world.now };
    const objection = whyNot({ kind: 'remove_method', given, person: toPlace, left });
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** Those with a role in force on the realm itself; running roll-outs as they end. */
async function admins(deps: SurveyDeps, realm: Realm): Promise<Survey> {
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { after };
    const page = await deps.people.tenancy.memberships.list({ realm: realm.id, limit: 250, ...next });
    for (const { userId, state } of page.items) if (state === 'active') ids.add(userId);
    after = page.next;
  } while (after !== undefined);
  const { world, people } = await surveySome(deps, realm, [...ids]);
  // A wave that is still to come is no change any more when it comes.
  const rollouts = world.rollouts.map((each) => (each.state === 'running' ? inTheEnd(each) : each));
  return { world: { ...world, rollouts }, people };
}

function able({ world, people }: Survey): readonly string[] {
  const judge = createJudge(world, undefined);
  return people.filter((each) => !each.isShutOut && judge(each).standing !== 'stuck').map(({ id }) => id);
}

function surveyUnder({ world, people }: Survey, change: Hypothesis): Survey {
  return { world: under(world, change), people: people.map((each) => personally(change, each)) };
}

async function without(deps: SurveyDeps, { world, people }: Survey, { losses }: Loss): Promise<Survey> {
  let left = people;
  for (const { userId, what } of losses) {
    const kinds = what === 'all' ? undefined : await kindsLeft(deps, world.realm.id, userId, what);
    left = left.flatMap((each) => (each.id !== userId ? [each] : kinds === undefined ? [] : [{ ...each, kinds }]));
  }
  return { world, people: left };
}

/** With the places at which organizations or people would be, and what is above them. */
async function reaching(deps: SurveyDeps, survey: Survey, change: Hypothesis): Promise<Survey> {
  const places = placesOf(change);
  let { world } = survey;
  for (const place of new Set(places)) {
    if (place !== undefined && !world.organizations.has(place)) world = await withLine(deps, world, place);
  }
  if (change.kind !== 'member') return { ...survey, world };
  const { organization } = change;
  const portals = await deps.people.tenancy.subscriptions.of(world.realm.id, organization);
  return { ...survey, world: { ...world, subscribed: new Map(world.subscribed).set(organization, portals) } };
}

function placesOf(change: Hypothesis): readonly (string | undefined)[] {
  if (change.kind === 'move') return [change.to];
  if (change.kind === 'member') return [change.organization];
  return change.kind === 'file' ? change.filed.organizations.map(({ parent }) => parent) : [];
}

async function kindsLeft(
  { factors }: SurveyDeps,
  realm: string,
  userId: string,
  lost: readonly string[],
): Promise<readonly string[]> {
  const theirs = await factors.methods.of(realm, userId);
  const left = theirs.filter(({ id, state }) => state === 'active' && !lost.includes(id));
  return [...new Set(left.map(({ kind }) => kind))].sort();
}
