import { setImmediate } from 'node:timers/promises';
import type { Factors, Surveyed } from '../factors/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Membership, Organization, People, User } from '../people/index.ts';
import type { Portal, Realm, Realms } from '../realm/index.ts';
import type { Rollouts } from '../rollout/index.ts';
import { supplyOfAll, whoIs } from '../sign-in/index.ts';
import type { Page } from '../store/index.ts';
import type { Somebody, World } from './world.ts';

export interface SurveyDeps {
  readonly realms: Pick<Realms, 'get' | 'portal' | 'portals'>;
  readonly people: People;
  readonly factors: Factors;
  /** Absent: nothing is rolled out. */
  readonly rollouts?: Pick<Rollouts, 'list'>;
  readonly clock: Clock;
}

export interface Survey {
  readonly world: World;
  readonly people: readonly Somebody[];
}

/** A page is a few milliseconds of the event loop; sign-ins have their turn between two. */
const pageSize = 250;

/** Everybody of a realm, in order of name, read from where it is written: it is never behind. */
export async function surveyAll(deps: SurveyDeps, realm: Realm): Promise<Survey> {
  const { world, see } = await surveyBeside(deps, realm);
  const all: Somebody[] = [];
  await inTurns(
    (page) => deps.people.list({ realm: realm.id, ...page }),
    (user) => all.push(see(user)),
  );
  return { world, people: all };
}

/** All that there is beside the people, read once: whoever is read afterwards is seen without another look. */
export async function surveyBeside(
  deps: SurveyDeps,
  realm: Realm,
): Promise<{ readonly world: World; see(user: User): Somebody }> {
  const { people, factors, clock } = deps;
  const { organizations, memberships, subscriptions } = people.tenancy;
  const of = { realm: realm.id };
  // One after the other: the event loop never has more than one page of them to work through.
  const supply = await supplyOfAll(factors, realm.id);
  const portals = await portalsOf(deps, realm.id);
  const tree = new Map<string, Organization>();
  await inTurns(
    (page) => organizations.list({ ...of, ...page }),
    (each) => tree.set(each.id, each),
  );
  const methods = new Map<string, Surveyed[]>();
  await inTurns(
    (page) => factors.methods.all({ ...of, ...page }),
    (each) => put(methods, each.userId, each),
  );
  const members = new Map<string, Membership[]>();
  await inTurns(
    (page) => memberships.all({ ...of, ...page }),
    (each) => put(members, each.userId, each),
  );
  const subscribed = new Map<string, string[]>();
  await inTurns(
    (page) => subscriptions.list({ ...of, ...page }),
    (each) => put(subscribed, each.holder, each.portal),
  );
  const rollouts = (await deps.rollouts?.list(realm.id)) ?? [];
  const { factors: kinds } = supply;
  return {
    world: { realm, portals, subscribed, organizations: tree, rollouts, factors: kinds, now: clock.now() },
    see(user) {
      const theirs = methods.get(user.id) ?? [];
      const provided = supply.provided(user.id, theirs);
      const [memberOf, own] = [members.get(user.id) ?? [], subscribed.get(user.id) ?? []];
      return somebody(user, { methods: theirs, provided, memberships: memberOf, portals: own });
    },
  };
}

/** A few, by id; those who are not there are left out. */
export async function surveySome(deps: SurveyDeps, realm: Realm, ids: readonly string[]): Promise<Survey> {
  const { people, clock } = deps;
  const { organizations, memberships, subscriptions } = people.tenancy;
  const [{ supply }, portals] = await Promise.all([whoIs(deps, realm.id, undefined), portalsOf(deps, realm.id)]);
  const tree = new Map<string, Organization>();
  const subscribed = new Map<string, readonly string[]>();
  const all: Somebody[] = [];
  for (const id of ids) {
    const { person: user, methods, supply: theirSupply } = await whoIs(deps, realm.id, id);
    if (user === undefined) continue;
    const [theirs, own] = await Promise.all([memberships.of(realm.id, id), subscriptions.of(realm.id, id)]);
    for (const { organization } of theirs) {
      if (organization === undefined || subscribed.has(organization)) continue;
      const [line, holds] = await Promise.all([
        organizations.lineOf(realm.id, organization),
        subscriptions.of(realm.id, organization),
      ]);
      for (const each of line ?? []) tree.set(each.id, each);
      subscribed.set(organization, holds);
    }
    const { provided } = theirSupply;
    all.push(somebody(user, { methods, provided, memberships: theirs, portals: own }));
  }
  const rollouts = (await deps.rollouts?.list(realm.id)) ?? [];
  const { factors: kinds } = supply;
  const world = { realm, portals, subscribed, organizations: tree, rollouts, factors: kinds, now: clock.now() };
  return { world, people: all.toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)) };
}

/** What is above `organization`, for hypotheses that name it though nobody surveyed belongs to it. */
export async function withLine(deps: SurveyDeps, world: World, organization: string): Promise<World> {
  const line = (await deps.people.tenancy.organizations.lineOf(world.realm.id, organization)) ?? [];
  return {
    ...world,
    organizations: new Map([...world.organizations, ...line.map((each) => [each.id, each] as const)]),
  };
}

function somebody(
  user: User,
  given: {
    readonly methods: readonly Pick<Surveyed, 'kind' | 'state'>[];
    readonly provided: readonly string[];
    readonly memberships: readonly Membership[];
    readonly portals: readonly string[];
  },
): Somebody {
  const { id, name, email, username, status, secondFactorLockedAt, policy, postponed } = user;
  const { methods, provided, memberships, portals } = given;
  return {
    ...{ id, name, identifier: email ?? username ?? '', provided },
    isShutOut: status === 'disabled' || secondFactorLockedAt !== undefined,
    ...(policy === undefined ? {} : { policy }),
    ...(postponed === undefined ? {} : { postponed }),
    kinds: [...new Set(methods.filter(({ state }) => state === 'active').map(({ kind }) => kind))].sort(),
    memberships: memberships
      .flatMap(({ organization, role, state }) =>
        organization === undefined || state !== 'active' ? [] : [{ organization, role }],
      )
      .sort((one, other) => (one.organization < other.organization ? -1 : 1)),
    portals: portals.toSorted(),
  };
}

async function portalsOf({ realms }: SurveyDeps, realm: string): Promise<ReadonlyMap<string, Portal>> {
  return new Map((await realms.portals(realm)).map((portal) => [portal.clientId, portal]));
}

/** The next page is asked for before this one is worked through: another machine reads it meanwhile. */
async function inTurns<T>(
  read: (page: { readonly limit: number; readonly after?: string }) => Promise<Page<T>>,
  take: (each: T) => unknown,
): Promise<void> {
  let asked: Promise<Page<T>> | undefined = read({ limit: pageSize });
  while (asked !== undefined) {
    const { items, next: after }: Page<T> = await asked;
    asked = after === undefined ? undefined : read({ limit: pageSize, after });
    // Heard of when it is waited for.
    asked?.catch(() => undefined);
    for (const each of items) take(each);
    await setImmediate();
  }
}

function put<V>(all: Map<string, V[]>, key: string, value: V): void {
  const known = all.get(key);
  if (known === undefined) all.set(key, [value]);
  else known.push(value);
}
