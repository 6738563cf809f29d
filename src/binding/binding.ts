import type { Clock } from '../kernel/index.ts';
import type { Membership, Tenancy, User } from '../people/index.ts';
import type { Level } from '../policy/index.ts';
import type { Portal, Realm, Realms } from '../realm/index.ts';
import type { Rollouts } from '../rollout/index.ts';
import { type Bonds, bondsOf, choicesOf, portalsBeside } from './bonds.ts';
import { createKept } from './kept.ts';
import type { Line } from './levels.ts';

export interface Binding {
  /** `now`: at which moment, where that is another one. */
  of(realm: Realm, portal: Portal | undefined, person: User | undefined, now?: Date): Promise<Bonds>;
  /** The same as one list, for a session that is for `organization`. */
  levelsFor(
    realm: Realm,
    portal: Portal | undefined,
    person: User | undefined,
    organization?: string,
  ): Promise<readonly Level[]>;
  /** Whether a session of this person there could be for one organization or another. */
  hasChoice(realm: Realm, portal: Portal | undefined, userId: string): Promise<boolean>;
  /** What tokens say of the organization that a session is for; undefined when the person is no member any more. */
  membership(
    realm: string,
    userId: string,
    organization: string,
  ): Promise<{ readonly id: string; readonly name: string; readonly roles: readonly string[] } | undefined>;
}

export interface BindingDeps {
  readonly realms: Pick<Realms, 'portal'>;
  readonly tenancy: Tenancy;
  /** Absent: nothing is rolled out. */
  readonly rollouts?: Pick<Rollouts, 'list' | 'onChange'>;
  readonly clock: Clock;
}

const none = { memberships: [] as readonly Membership[], own: [] as readonly string[] };

export function createBinding({ realms, tenancy, rollouts, clock }: BindingDeps): Binding {
  const { organizations, memberships, subscriptions } = tenancy;
  const kept = {
    lines: createKept(clock, (realm, id) => organizations.lineOf(realm, id)),
    portals: createKept(clock, (realm, id) => subscriptions.of(realm, id)),
    isUsed: createKept(
      clock,
      async (realm) => (await memberships.hasAny(realm)) || (await subscriptions.hasAny(realm)),
    ),
    rollouts: createKept(clock, async (realm) => (await rollouts?.list(realm)) ?? []),
  };
  const forget = (realm: string) => {
    for (const each of Object.values(kept)) each.forget(realm);
  };
  tenancy.onChange(forget);
  rollouts?.onChange(forget);

  async function held(realm: string, userId: string) {
    if (!(await kept.isUsed.get(realm, ''))) return none;
    const [theirs, own] = await Promise.all([memberships.of(realm, userId), subscriptions.of(realm, userId)]);
    return { memberships: theirs.filter(({ state }) => state === 'active'), own };
  }

  async function lineOf(realm: string, { organization, role }: Membership): Promise<Line | undefined> {
    if (organization === undefined) return undefined;
    const [line, portals] = await Promise.all([
      kept.lines.get(realm, organization),
      kept.portals.get(realm, organization),
    ]);
    const last = line?.at(-1);
    return line === undefined || last === undefined ? undefined : { organization: last, line, portals, role };
  }

  const linesOf = async (realm: string, theirs: readonly Membership[]) =>
    (await Promise.all(theirs.map((each) => lineOf(realm, each)))).filter((line) => line !== undefined);

  const of: Binding['of'] = async (realm, portal, person, now = clock.now()) => {
    const [{ memberships: theirs, own }, rolledOut] = await Promise.all([
      person === undefined ? none : held(realm.id, person.id),
      person === undefined ? [] : kept.rollouts.get(realm.id, ''),
    ]);
    const lines = await linesOf(realm.id, theirs);
    const others = portalsBeside(lines, own, portal);
    const beside = await Promise.all(others.map((clientId) => realms.portal(realm.id, clientId)));
    return bondsOf({ realm, lines, portal, beside, person, rolling: { rollouts: rolledOut, now } });
  };

  return {
    of,
    levelsFor: async (realm, portal, person, organization) => (await of(realm, portal, person)).levels(organization),
    async hasChoice(realm, portal, userId) {
      const lines = await linesOf(realm.id, (await held(realm.id, userId)).memberships);
      return choicesOf(lines, portal).length > 1;
    },
    async membership(realm, userId, organization) {
      const { memberships: theirs } = await held(realm, userId);
      const mine = theirs.find((each) => each.organization === organization);
      const line = mine === undefined ? undefined : await lineOf(realm, mine);
      if (line === undefined) return undefined;
      return { id: line.organization.id, name: line.organization.name, roles: [line.role] };
    },
  };
}
