import { setImmediate } from 'node:timers/promises';
import type { Reason, Rules, Standing } from '../policy/index.ts';
import type { Realm } from '../realm/index.ts';
import { type Hypothesis, type LevelRef, personalRules, under } from './hypothesis.ts';
import { createJudge, type Judge } from './judge.ts';
import { type Survey, type SurveyDeps, surveyAll, surveySome, withLine } from './survey.ts';
import { linesOf, type Somebody, type World } from './world.ts';

/** `shut_out`: disabled or locked, by no rule; they stand nowhere. */
export type Place = Standing['standing'] | 'shut_out';
export const allPlaces = ['ready', 'asked', 'stuck', 'shut_out'] as const satisfies readonly Place[];

/** One person under the level: how they stand now, how they would, and why. */
export interface Placed {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly before: Place;
  readonly after: Place;
  readonly reasons: readonly Reason[];
}

export interface Previewed {
  readonly counts: Readonly<Record<Place, { readonly before: number; readonly after: number }>>;
  /** Everybody under the level, in order of name. */
  readonly people: readonly Placed[];
}

export interface Preview {
  /** How everybody under `level` would stand if its own rules were these. Undefined: there is no such level. */
  of(realm: string, level: LevelRef, rules: Rules): Promise<Previewed | undefined>;
}

/** So many are judged in one turn of the event loop. */
const inOneTurn = 1_000;

/** `few`: more people than this are not looked up one by one. */
export function createPreview(deps: SurveyDeps, { few = 1_000 } = {}): Preview {
  return {
    async of(realmId, level, rules) {
      const realm = await deps.realms.get(realmId);
      if (realm === undefined || !(await isThere(deps, realm, level))) return undefined;
      const survey = await surveyUnder(deps, realm, level, few);
      const people = await placed(survey, level, { kind: 'rules', level, rules });
      const count = (at: 'before' | 'after', place: Place) => people.filter((each) => each[at] === place).length;
      const counts = allPlaces.map((place) => [
        place,
        { before: count('before', place), after: count('after', place) },
      ]);
      return { counts: Object.fromEntries(counts) as Previewed['counts'], people };
    },
  };
}

async function isThere({ people, realms }: SurveyDeps, { id: realm }: Realm, level: LevelRef): Promise<boolean> {
  if (level.kind === 'realm') return true;
  const found =
    level.kind === 'organization'
      ? people.tenancy.organizations.get(realm, level.id)
      : level.kind === 'portal'
        ? realms.portal(realm, level.id)
        : people.get(realm, level.id);
  return (await found) !== undefined;
}

/** Those whom the level binds, or more. */
async function surveyUnder(deps: SurveyDeps, realm: Realm, level: LevelRef, few: number): Promise<Survey> {
  if (level.kind === 'user') return surveySome(deps, realm, [level.id]);
  if (level.kind !== 'organization') return surveyAll(deps, realm);
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const next = after === undefined ? {} : { after };
    const page = await deps.people.tenancy.memberships.below({
      ...{ realm: realm.id, organization: level.id, limit: 250, ...next },
    });
    for (const { userId } of page.items) ids.add(userId);
    after = page.next;
  } while (after !== undefined && ids.size <= few);
  if (ids.size > few) return surveyAll(deps, realm);
  const { world, people } = await surveySome(deps, realm, [...ids]);
  return { world: await withLine(deps, world, level.id), people };
}

async function placed({ world, people }: Survey, level: LevelRef, change: Hypothesis): Promise<readonly Placed[]> {
  const changed = under(world, change);
  const portalIn = ({ portals }: World) => (level.kind === 'portal' ? portals.get(level.id) : undefined);
  const [judgeBefore, judgeAfter] = [world, changed].map((each) => createJudge(each, portalIn(each))) as [Judge, Judge];
  const rows: Placed[] = [];
  for (const [at, person] of boundBy(world, level, people).entries()) {
    if (at % inOneTurn === inOneTurn - 1) await setImmediate();
    const { id, name, identifier } = person;
    if (person.isShutOut) {
      rows.push({ id, name, identifier, before: 'shut_out', after: 'shut_out', reasons: [] });
      continue;
    }
    const policy = personalRules(change, person);
    const { standing: after, reasons } = judgeAfter(policy === undefined ? person : { ...person, policy });
    rows.push({ id, name, identifier, before: judgeBefore(person).standing, after, reasons });
  }
  return rows;
}

/** Of a portal: those subscribed to it; everybody, where nobody is: anybody of the realm may sign in there. */
function boundBy(world: World, level: LevelRef, people: readonly Somebody[]): readonly Somebody[] {
  if (level.kind === 'realm') return people;
  if (level.kind === 'user') return people.filter(({ id }) => id === level.id);
  if (level.kind === 'organization') {
    return people.filter(({ memberships }) =>
      linesOf(world, memberships).some(({ line }) => line.some(({ id }) => id === level.id)),
    );
  }
  const isSubscribed = ({ portals, memberships }: Somebody) =>
    portals.includes(level.id) ||
    memberships.some(({ organization }) => world.subscribed.get(organization)?.includes(level.id) === true);
  const theirs = people.filter(isSubscribed);
  return theirs.length > 0 ? theirs : people;
}
