import { type Objection, whyNot } from '../policy/index.ts';
import type { Realm } from '../realm/index.ts';
import { type Hypothesis, personally, under } from './hypothesis.ts';
import { createJudge, rulesFor } from './judge.ts';
import { type Survey, type SurveyDeps, surveySome, withLine } from './survey.ts';

/** What somebody would lose: the realm's role or their account (`all`), or methods by id. */
export interface Loss {
  readonly userId: string;
  readonly what: 'all' | readonly string[];
}

/**
 * Asked before a change. Undefined: nothing speaks against it. A realm in which nobody who administers it can sign in is
 * as it was: then no change is refused for that.
 */
export interface Guards {
  /** Whether somebody who administers the realm could still sign in. */
  lastAdmin(realm: string, change: Hypothesis | Loss): Promise<Objection | undefined>;
  /** Whether somebody who is ready would still be without these methods; and `lastAdmin`. */
  removal(realm: string, userId: string, methodIds: readonly string[]): Promise<Objection | undefined>;
}

export function createGuards(deps: SurveyDeps): Guards {
  const isLoss = (change: Hypothesis | Loss): change is Loss => 'what' in change;

  const lastAdmin: Guards['lastAdmin'] = async (realmId, change) => {
    const realm = await deps.realms.get(realmId);
    if (realm === undefined) return undefined;
    const survey = await admins(deps, realm);
    const before = able(survey);
    if (isLoss(change)) return whyNot({ kind: 'admins', before, after: able(await without(deps, survey, change)) });
    const changed = surveyUnder(await reaching(deps, survey, change), change);
    const objection = whyNot({ kind: 'admins', before, after: able(changed) });
    if (objection === undefined) return undefined;
    const stranded = changed.people.find(({ id }) => id === before[0]);
    const reasons = stranded === undefined ? [] : createJudge(changed.world, undefined)(stranded).reasons;
    return { ...objection, reasons: [...objection.reasons, ...reasons] };
  };

  return {
    lastAdmin,
    async removal(realmId, userId, methodIds) {
      const realm = await deps.realms.get(realmId);
      if (realm === undefined) return undefined;
      const { world, people } = await surveySome(deps, realm, [userId]);
      const [person] = people;
      if (person === undefined || person.isShutOut) return undefined;
      const left = await kindsLeft(deps, realmId, userId, methodIds);
      const { memberships, sessions } = rulesFor(world, person, undefined);
      const { provided, postponed } = person;
      const toPlace = {
        ...{ memberships, provided, methods: person.kinds.map((kind) => ({ kind })) },
        ...(postponed === undefined ? {} : { postponed }),
      };
      for (const rules of sessions) {
        const given = { rules, factors: world.factors, now: world.now };
        const methods = left.map((kind) => ({ kind }));
        const objection = whyNot({ kind: 'remove_method', given, person: toPlace, left: methods });
        if (objection !== undefined) return objection;
      }
      return lastAdmin(realmId, { userId, what: methodIds });
    },
  };
}

/** Those with a role in force on the realm itself. */
async function admins(deps: SurveyDeps, realm: Realm): Promise<Survey> {
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { after };
    const page = await deps.people.tenancy.memberships.list({ realm: realm.id, limit: 250, ...next });
    for (const { userId, state } of page.items) if (state === 'active') ids.add(userId);
    after = page.next;
  } while (after !== undefined);
  return surveySome(deps, realm, [...ids]);
}

function able({ world, people }: Survey): readonly string[] {
  const judge = createJudge(world, undefined);
  return people.filter((each) => !each.isShutOut && judge(each).standing !== 'stuck').map(({ id }) => id);
}

function surveyUnder({ world, people }: Survey, change: Hypothesis): Survey {
  return { world: under(world, change), people: people.map((each) => personally(change, each)) };
}

async function without(deps: SurveyDeps, { world, people }: Survey, { userId, what }: Loss): Promise<Survey> {
  if (what === 'all') return { world, people: people.filter(({ id }) => id !== userId) };
  const kinds = await kindsLeft(deps, world.realm.id, userId, what);
  return { world, people: people.map((each) => (each.id === userId ? { ...each, kinds } : each)) };
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
