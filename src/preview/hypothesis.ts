import type { Organization } from '../people/index.ts';
import type { Rules } from '../policy/index.ts';
import type { World } from './world.ts';

/** Whose own rules. */
export type LevelRef =
  | { readonly kind: 'realm' }
  | { readonly kind: 'organization' | 'portal' | 'user'; readonly id: string };

/** What would be other than it is. */
export type Hypothesis =
  | { readonly kind: 'rules'; readonly level: LevelRef; readonly rules: Rules }
  /** Without `to`: to the top. */
  | { readonly kind: 'move'; readonly organization: string; readonly to?: string };

/** The world as it would be. A person's own rules are no part of it: see `personalRules`. */
export function under(world: World, hypothesis: Hypothesis): World {
  if (hypothesis.kind === 'move') {
    const { organization, to } = hypothesis;
    return replaced(world, organization, (moved) => {
      const { parent: _parent, ...rest } = moved;
      return to === undefined ? rest : { ...rest, parent: to };
    });
  }
  const { level, rules } = hypothesis;
  if (level.kind === 'realm') return { ...world, realm: { ...world.realm, policy: rules } };
  if (level.kind === 'organization')
    return replaced(world, level.id, (organization) => ({ ...organization, policy: rules }));
  const portal = level.kind === 'portal' ? world.portals.get(level.id) : undefined;
  if (portal === undefined) return world;
  return { ...world, portals: new Map(world.portals).set(portal.clientId, { ...portal, policy: rules }) };
}

/** What this person would ask of themselves. */
export function personalRules(
  hypothesis: Hypothesis,
  person: { readonly id: string; readonly policy?: Rules },
): Rules | undefined {
  const isTheirs = hypothesis.kind === 'rules' && hypothesis.level.kind === 'user' && hypothesis.level.id === person.id;
  return isTheirs ? hypothesis.rules : person.policy;
}

function replaced(world: World, id: string, change: (organization: Organization) => Organization): World {
  const organization = world.organizations.get(id);
  if (organization === undefined) return world;
  return { ...world, organizations: new Map(world.organizations).set(id, change(organization)) };
}
