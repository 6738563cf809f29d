import type { Clock } from '../kernel/index.ts';
import type { Membership, Tenancy, User } from '../people/index.ts';
import type { Level, PersonFacts } from '../policy/index.ts';
import type { Portal, Realm, Realms } from '../realm/index.ts';
import { createKept } from './kept.ts';
import { gatherLevels, type Line } from './levels.ts';

/** `within`: names of what is above it, where two have the same name. */
export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly within?: string;
}

/** What binds one person at one portal. */
export interface Bonds {
  /** Organizations the session could be for: those subscribed to the portal, or all where none is. In order of name. */
  readonly choices: readonly Choice[];
  /** In force. */
  readonly memberships: NonNullable<PersonFacts['memberships']>;
  /** The one the session is for: `chosen` where that can be, or the only choice. */
  organization(chosen: string | undefined): string | undefined;
  /** Outermost first. `organization`: as above. */
  levels(organization: string | undefined): readonly Level[];
}

export interface Binding {
  of(realm: Realm, portal: Portal | undefined, person: User | undefined): Promise<Bonds>;
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
  readonly clock: Clock;
}

const none = { memberships: [] as readonly Membership[], own: [] as readonly string[] };

export function createBinding({ realms, tenancy, clock }: BindingDeps): Binding {
  const { organizations, memberships, subscriptions } = tenancy;
  const kept = {
    lines: createKept(clock, (realm, id) => organizations.lineOf(realm, id)),
    portals: createKept(clock, (realm, id) => subscriptions.of(realm, id)),
    isUsed: createKept(
      clock,
      async (realm) => (await memberships.hasAny(realm)) || (await subscriptions.hasAny(realm)),
    ),
  };
  tenancy.onChange((realm) => {
    for (const each of Object.values(kept)) each.forget(realm);
  });

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

  const of: Binding['of'] = async (realm, portal, person) => {
    const { memberships: theirs, own } = person === undefined ? none : await held(realm.id, person.id);
    const lines = await linesOf(realm.id, theirs);
    const subscribed = new Set([...own, ...lines.flatMap(({ portals }) => portals)]);
    const others = [...subscribed].filter((clientId) => clientId !== portal?.clientId).sort();
    const bound = await Promise.all(others.map((clientId) => realms.portal(realm.id, clientId)));
    const portals = [...bound.filter((each) => each?.enabled === true), portal].filter((each) => each !== undefined);
    const choices = choicesOf(lines, portal);
    const organization: Bonds['organization'] = (chosen) =>
      choices.find(({ id }) => id === chosen)?.id ?? (choices.length === 1 ? choices[0]?.id : undefined);
    return {
      choices,
      memberships: lines.map(({ organization: { id }, line, role }) => ({
        organization: id,
        under: line.slice(0, -1).map((above) => above.id),
        role,
      })),
      organization,
      levels: (chosen) => gatherLevels({ realm, lines, portals, person, organization: organization(chosen) }),
    };
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

function choicesOf(lines: readonly Line[], portal: Portal | undefined): readonly Choice[] {
  const subscribed = lines.filter(({ portals }) => portal !== undefined && portals.includes(portal.clientId));
  const open = subscribed.length > 0 ? subscribed : lines;
  const namesakes = ({ organization }: Line) => open.filter((line) => line.organization.name === organization.name);
  return open
    .map((line): Choice => {
      const { id, name } = line.organization;
      const above = line.line.slice(0, -1).map((each) => each.name);
      return namesakes(line).length > 1 && above.length > 0 ? { id, name, within: above.join(' › ') } : { id, name };
    })
    .sort((one, other) => one.name.localeCompare(other.name) || (one.id < other.id ? -1 : 1));
}
