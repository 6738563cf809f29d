import type { Line } from '../binding/index.ts';
import type { Organization } from '../people/index.ts';
import type { Facts, Role, Rules } from '../policy/index.ts';
import type { Portal, Realm } from '../realm/index.ts';
import type { Rollout } from '../rollout/index.ts';

/** What many people's standing depends on, read once. */
export interface World {
  readonly realm: Realm;
  /** By id: at least those that anybody judged belongs to, and all above them. */
  readonly organizations: ReadonlyMap<string, Organization>;
  /** By client id. */
  readonly portals: ReadonlyMap<string, Portal>;
  /** Client ids of what an organization is subscribed to, by its id. */
  readonly subscribed: ReadonlyMap<string, readonly string[]>;
  /** Of the realm, oldest first. */
  readonly rollouts: readonly Rollout[];
  readonly factors: Facts['factors'];
  readonly now: Date;
}

/** What of a person their standing depends on; and how lists call them. */
export interface Somebody {
  readonly id: string;
  readonly name: string;
  /** Email, or else user name. */
  readonly identifier: string;
  /** Disabled, or their second factor locked: cannot come in whatever the rules are. */
  readonly isShutOut: boolean;
  readonly policy?: Rules;
  readonly postponed?: { readonly times: number; readonly since: Date };
  /** Kinds of their active methods. */
  readonly kinds: readonly string[];
  readonly provided: readonly string[];
  /** In force, in organizations, in order of the organizations' ids. */
  readonly memberships: readonly { readonly organization: string; readonly role: Role }[];
  /** Client ids of what they are subscribed to themselves, in order. */
  readonly portals: readonly string[];
}

/** Memberships with everything above them, by parents as they are in this world. */
export function linesOf(world: World, memberships: Somebody['memberships']): readonly Line[] {
  return memberships.flatMap(({ organization: id, role }): Line[] => {
    const line: Organization[] = [];
    let at = world.organizations.get(id);
    while (at !== undefined && !line.includes(at)) {
      line.unshift(at);
      at = at.parent === undefined ? undefined : world.organizations.get(at.parent);
    }
    const organization = line.at(-1);
    return organization === undefined ? [] : [{ organization, line, portals: world.subscribed.get(id) ?? [], role }];
  });
}
