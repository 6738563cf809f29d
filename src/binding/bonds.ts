import type { User } from '../people/index.ts';
import type { Level, PersonFacts } from '../policy/index.ts';
import type { Portal, Realm } from '../realm/index.ts';
import { type RolledOut, type Rollout, rolledOutTo } from '../rollout/index.ts';
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
  /** Ids of all organizations they belong to, and of those above. */
  readonly organizations: ReadonlySet<string>;
  /** What binds them because their wave of a roll-out began. */
  readonly rolledOut: readonly RolledOut[];
  /** Outermost first. `organization`: as above. `rolledOut`: in place of what is. */
  levels(organization: string | undefined, rolledOut?: readonly RolledOut[]): readonly Level[];
}

/** Client ids of what the person is subscribed to, themselves or by an organization, `portal` left out. */
export function portalsBeside(
  lines: readonly Line[],
  own: readonly string[],
  portal: Portal | undefined,
): readonly string[] {
  const subscribed = new Set([...own, ...lines.flatMap(({ portals }) => portals)]);
  return [...subscribed].filter((clientId) => clientId !== portal?.clientId).sort();
}

/** Out of what is stored, for whoever has read it. `beside`: what `portalsBeside` names, as far as it is there. */
export function bondsOf(given: {
  readonly realm: Realm;
  readonly lines: readonly Line[];
  readonly portal: Portal | undefined;
  readonly beside: readonly (Portal | undefined)[];
  readonly person: Pick<User, 'id' | 'name' | 'policy'> | undefined;
  /** Roll-outs of the realm, and when it is: whose waves have begun. Absent: nothing is rolled out. */
  readonly rolling?: { readonly rollouts: readonly Rollout[]; readonly now: Date };
}): Bonds {
  const { realm, lines, portal, beside, person, rolling } = given;
  const portals = [...beside.filter((each) => each?.enabled === true), portal].filter((each) => each !== undefined);
  const choices = choicesOf(lines, portal);
  const organization: Bonds['organization'] = (chosen) =>
    choices.find(({ id }) => id === chosen)?.id ?? (choices.length === 1 ? choices[0]?.id : undefined);
  const organizations = new Set(lines.flatMap(({ line }) => line.map(({ id }) => id)));
  const rolledOut =
    person === undefined || rolling === undefined
      ? []
      : rolledOutTo(rolling.rollouts, { id: person.id, organizations }, rolling.now);
  return {
    ...{ choices, organizations, rolledOut },
    memberships: lines.map(({ organization: { id }, line, role }) => ({
      organization: id,
      under: line.slice(0, -1).map((above) => above.id),
      role,
    })),
    organization,
    levels: (chosen, instead = rolledOut) =>
      gatherLevels({ realm, lines, portals, person, organization: organization(chosen), rolledOut: instead }),
  };
}

export function choicesOf(lines: readonly Line[], portal: Portal | undefined): readonly Choice[] {
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
