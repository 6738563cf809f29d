import type { Organization } from '../people/index.ts';
import type { Role, Rules } from '../policy/index.ts';
import type { Portal } from '../realm/index.ts';
import { inTheEnd, type Rollout } from '../rollout/index.ts';
import type { Somebody, World } from './world.ts';

/** Whose own rules. */
export type LevelRef =
  | { readonly kind: 'realm' }
  | { readonly kind: 'organization' | 'portal' | 'user'; readonly id: string };

/** Organizations by id; what is not named stays as it is. */
export interface AsFiled {
  readonly policy: Rules;
  readonly portals: readonly Portal[];
  readonly organizations: readonly (Pick<Organization, 'id' | 'name' | 'parent' | 'policy'> & {
    /** Client ids of what it has taken out. */
    readonly portals: readonly string[];
  })[];
}

/** What would be other than it is. */
export type Hypothesis =
  | { readonly kind: 'rules'; readonly level: LevelRef; readonly rules: Rules }
  /** Without `to`: to the top. */
  | { readonly kind: 'move'; readonly organization: string; readonly to?: string }
  /** A role in an organization, in force. */
  | { readonly kind: 'member'; readonly userId: string; readonly organization: string; readonly role: Role }
  /** That membership over: what the organization had loosened counts no more. */
  | { readonly kind: 'leave'; readonly userId: string; readonly organization: string }
  /** `holder`: a person or an organization. `isOver`: without it. */
  | { readonly kind: 'subscription'; readonly holder: string; readonly portal: string; readonly isOver?: boolean }
  /** Running, every wave begun. */
  | { readonly kind: 'rollout'; readonly rollout: Rollout }
  /** As a realm file would leave it. */
  | { readonly kind: 'file'; readonly filed: AsFiled };

/** What people would lose, together: the realm's role or their account (`all`), or methods by id. */
export interface Loss {
  readonly kind: 'loss';
  readonly losses: readonly { readonly userId: string; readonly what: 'all' | readonly string[] }[];
}

/** The world as it would be. What is a person's own is no part of it: see `personally`. */
export function under(world: World, hypothesis: Hypothesis): World {
  if (hypothesis.kind === 'move') {
    const { organization, to } = hypothesis;
    return replaced(world, organization, (moved) => {
      const { parent: _parent, ...rest } = moved;
      return to === undefined ? rest : { ...rest, parent: to };
    });
  }
  if (hypothesis.kind === 'file') return filed(world, hypothesis.filed);
  if (hypothesis.kind === 'member' || hypothesis.kind === 'leave') return world;
  if (hypothesis.kind === 'subscription') {
    const held = holding(world.subscribed.get(hypothesis.holder) ?? [], hypothesis);
    return { ...world, subscribed: new Map(world.subscribed).set(hypothesis.holder, held) };
  }
  if (hypothesis.kind === 'rollout') {
    const rollout = inTheEnd(hypothesis.rollout);
    return { ...world, rollouts: [...world.rollouts.filter(({ id }) => id !== rollout.id), rollout] };
  }
  const { level, rules } = hypothesis;
  if (level.kind === 'realm') return { ...world, realm: { ...world.realm, policy: rules } };
  if (level.kind === 'organization')
    return replaced(world, level.id, (organization) => ({ ...organization, policy: rules }));
  const portal = level.kind === 'portal' ? world.portals.get(level.id) : undefined;
  if (portal === undefined) return world;
  return { ...world, portals: new Map(world.portals).set(portal.clientId, { ...portal, policy: rules }) };
}

function filed(world: World, { policy, portals, organizations }: AsFiled): World {
  const tree = new Map(world.organizations);
  for (const { id, name, parent, policy: theirs } of organizations) {
    const { ancestors = [], createdAt = world.now } = tree.get(id) ?? {};
    const place = parent === undefined ? {} : { parent };
    const { id: realm } = world.realm;
    tree.set(id, { id, realm, name, policy: theirs, ancestors, createdAt, changedAt: world.now, ...place });
  }
  return {
    ...world,
    realm: { ...world.realm, policy },
    portals: new Map([...world.portals, ...portals.map((portal) => [portal.clientId, portal] as const)]),
    organizations: tree,
    subscribed: new Map([...world.subscribed, ...organizations.map((each) => [each.id, each.portals] as const)]),
  };
}

/** The person as they would be: their own rules, where they belong, what they have taken out themselves. */
export function personally(hypothesis: Hypothesis, person: Somebody): Somebody {
  if (hypothesis.kind === 'subscription' && hypothesis.holder === person.id) {
    return { ...person, portals: [...holding(person.portals, hypothesis)].sort() };
  }
  if (hypothesis.kind === 'leave' && hypothesis.userId === person.id) {
    const memberships = person.memberships.filter(({ organization }) => organization !== hypothesis.organization);
    return { ...person, memberships };
  }
  if (hypothesis.kind === 'member' && hypothesis.userId === person.id) {
    const { organization, role } = hypothesis;
    const others = person.memberships.filter((each) => each.organization !== organization);
    const memberships = [...others, { organization, role }];
    return {
      ...person,
      memberships: memberships.sort((one, other) => (one.organization < other.organization ? -1 : 1)),
    };
  }
  const policy = personalRules(hypothesis, person);
  return policy === undefined ? person : { ...person, policy };
}

/** What this person would ask of themselves. */
export function personalRules(
  hypothesis: Hypothesis,
  person: { readonly id: string; readonly policy?: Rules },
): Rules | undefined {
  const isTheirs = hypothesis.kind === 'rules' && hypothesis.level.kind === 'user' && hypothesis.level.id === person.id;
  return isTheirs ? hypothesis.rules : person.policy;
}

function holding(
  portals: readonly string[],
  { portal, isOver = false }: { readonly portal: string; readonly isOver?: boolean },
): readonly string[] {
  const others = portals.filter((each) => each !== portal);
  return isOver ? others : [...others, portal];
}

function replaced(world: World, id: string, change: (organization: Organization) => Organization): World {
  const organization = world.organizations.get(id);
  if (organization === undefined) return world;
  return { ...world, organizations: new Map(world.organizations).set(id, change(organization)) };
}
