import type { Collection } from '../../store/index.ts';
import type { StoredOrganization } from './collections.ts';
import { deepest } from './organization.ts';

/** From the top down to one organization, by parents. */
export interface Lines {
  of(realm: string, id: string): Promise<readonly StoredOrganization[] | undefined>;
  /**
   * The same, of one instant: read while moves go on, a line could join a parent of before with a parent of after, and
   * nobody may have rights by a line that never was.
   */
  certain(realm: string, id: string): Promise<readonly StoredOrganization[] | undefined>;
}

/** How often a line is read again when it moves meanwhile. */
const rounds = 16;

export function createLines(organizations: Collection<StoredOrganization>): Lines {
  const get = async (realm: string, id: string) => {
    const found = await organizations.get(id);
    return found?.realm === realm && found.removedAt === undefined ? found : undefined;
  };

  /** One parent after the other. */
  async function climb(realm: string, own: StoredOrganization) {
    const line = [own];
    for (let at = own; at.parent !== undefined; ) {
      const parent = await get(realm, at.parent);
      if (parent === undefined || line.length > 2 * deepest) return undefined;
      line.unshift(parent);
      at = parent;
    }
    return line;
  }

  async function of(realm: string, id: string) {
    const own = await get(realm, id);
    if (own === undefined) return undefined;
    // All at once, where `ancestors` is right; only the parents decide whether it is.
    const above = await Promise.all(own.ancestors.map((ancestor) => get(realm, ancestor)));
    const line = [...above, own];
    const isRight = line.every((each, at) => each !== undefined && each.parent === line[at - 1]?.id);
    return isRight ? (line as readonly StoredOrganization[]) : climb(realm, own);
  }

  return {
    of,
    async certain(realm, id) {
      let line = await of(realm, id);
      for (let round = 0; round < rounds && line !== undefined; round += 1) {
        const again: readonly StoredOrganization[] | undefined = await of(realm, id);
        if (again !== undefined && isSame(line, again)) return again;
        line = again;
      }
      return undefined;
    },
  };
}

/** A line that was the same twice was whole in between: every move of one of its links leaves a new mark. */
function isSame(one: readonly StoredOrganization[], other: readonly StoredOrganization[]): boolean {
  return (
    one.length === other.length &&
    one.every((each, at) => each.id === other[at]?.id && each.settled?.seq === other[at]?.settled?.seq)
  );
}
