import { GatehouseError } from '../kernel/index.ts';
import type { Realm, Realms } from '../realm/index.ts';

/** Undefined: the request is below no realm. `parts` of what is found: below its issuer. Throws `not_found`. */
export type FindRealm = (
  parts: readonly string[],
  host: string,
) => Promise<{ readonly realm: Realm; readonly parts: readonly string[] } | undefined>;

/** By the host where a realm has an origin of its own, by the path elsewhere. `origin`: of the product. */
export function createFindRealm(realms: Pick<Realms, 'get' | 'at'>, origin: string): FindRealm {
  const mainHost = new URL(origin).host;

  return async (parts, host) => {
    const byHost = host === mainHost ? undefined : await realms.at(host);
    if (byHost !== undefined) return { realm: byHost, parts };
    const [first, id = ''] = parts;
    if (first !== 'realms') return undefined;
    const realm = /^[a-z][a-z0-9-]{1,31}$/.test(id) ? await realms.get(id) : undefined;
    // A realm with an origin of its own is nowhere else, or scripts of other realms could reach it.
    if (realm === undefined || realm.origin !== undefined) throw new GatehouseError('not_found', 'no such realm');
    return { realm, parts: parts.slice(2) };
  };
}
