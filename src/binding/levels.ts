import type { Organization, User } from '../people/index.ts';
import type { Level, Role } from '../policy/index.ts';
import type { Portal, Realm } from '../realm/index.ts';
import type { RolledOut } from '../rollout/index.ts';

/** One membership in force, with everything above it, outermost first, itself last. */
export interface Line {
  readonly organization: Organization;
  readonly line: readonly Organization[];
  /** Client ids of what the organization is subscribed to. */
  readonly portals: readonly string[];
  readonly role: Role;
}

/**
 * Outermost first: the realm, roll-outs, the organizations the session is not for, the line of the one it is for, the portals (the
 * one signed in to last: its order of methods is the nearest), the person.
 */
export function gatherLevels(given: {
  readonly realm: Realm;
  readonly lines: readonly Line[];
  readonly portals: readonly Portal[];
  readonly person: Pick<User, 'id' | 'name' | 'policy'> | undefined;
  readonly organization: string | undefined;
  readonly rolledOut: readonly RolledOut[];
}): readonly Level[] {
  const { realm, lines, portals, person, organization, rolledOut } = given;
  const here = lines.find((line) => line.organization.id === organization)?.line ?? [];
  const isHere = new Set(here.map(({ id }) => id));
  const elsewhere = new Map<string, Level>();
  for (const { line } of lines) {
    for (const [at, each] of line.entries()) {
      if (!isHere.has(each.id))
        elsewhere.set(each.id, { ...organizationLevel(each, line.slice(0, at)), isElsewhere: true });
    }
  }
  return [
    { kind: 'realm', id: realm.id, name: realm.name, rules: realm.policy },
    ...rolledOut.map(({ level, by }): Level => {
      const isElsewhere = by.length > 0 && !by.some((id) => isHere.has(id));
      return isElsewhere ? { ...level, isElsewhere } : level;
    }),
    ...elsewhere.values(),
    ...here.map((each, at) => organizationLevel(each, here.slice(0, at))),
    ...portals.map((each): Level => ({ kind: 'portal', id: each.clientId, name: each.name, rules: each.policy })),
    ...(person?.policy === undefined
      ? []
      : [{ kind: 'user' as const, id: person.id, name: person.name, rules: person.policy }]),
  ];
}

function organizationLevel({ id, name, policy }: Organization, above: readonly Organization[]): Level {
  return { kind: 'organization', id, name, rules: policy, under: above.map((each) => each.id) };
}
