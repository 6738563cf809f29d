import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Portal, Realm, Realms } from '../realm/index.ts';
import type { Keys, RealmKeys } from './keys.ts';
import type { AnswerPlainly } from './plain/parts.ts';

export interface RealmProvider {
  readonly provider: Provider;
  readonly realm: Realm;
  readonly issuer: string;
  /** Path of the issuer, without a trailing slash; '' for a realm with its own origin. */
  readonly basePath: string;
  readonly portals: readonly Portal[];
  readonly portalOf: (clientId: string) => Portal | undefined;
  readonly run: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** By path: what is asked before the provider is. */
  readonly plainWays: ReadonlyMap<string, AnswerPlainly>;
}

export interface Providers {
  /** The provider for the realm as it is now; undefined when there is no such realm. */
  of(realm: string): Promise<RealmProvider | undefined>;
}

interface Built {
  readonly realm: Realm;
  readonly portals: readonly Portal[];
  readonly keys: RealmKeys;
  readonly made: RealmProvider;
}

/**
 * One provider per realm, made when first asked for, and again when the realm, a portal or the keys changed. What it
 * depends on is cached by those who own it for two seconds at most, so asking costs no read of the database.
 */
export function createProviders(
  realms: Realms,
  keys: Keys,
  make: (
    realm: Realm,
    issuer: string,
    portals: readonly Portal[],
    realmKeys: RealmKeys,
  ) => Pick<RealmProvider, 'provider' | 'plainWays'>,
): Providers {
  const built = new Map<string, Built>();

  function build(realm: Realm, portals: readonly Portal[], realmKeys: RealmKeys): RealmProvider {
    const issuer = realms.issuerOf(realm);
    const { provider, plainWays } = make(realm, issuer, portals, realmKeys);
    const { pathname } = new URL(issuer);
    const byClientId = new Map(portals.map((portal) => [portal.clientId, portal]));
    const run = provider.callback();
    return {
      provider,
      realm,
      issuer,
      basePath: pathname === '/' ? '' : pathname,
      portals,
      portalOf: (clientId) => byClientId.get(clientId),
      run,
      plainWays,
    };
  }

  return {
    async of(id) {
      const realm = await realms.get(id);
      if (realm === undefined) return void built.delete(id);
      // One after the other: both are kept in memory, and this is asked by every request.
      const portals = await realms.portals(id);
      const realmKeys = await keys.of(id);
      const known = built.get(id);
      if (known !== undefined && isUnchanged(known, realm, portals, realmKeys)) {
        // What was compared once is known by its identity until it is read again.
        if (known.portals !== portals || known.realm !== realm) built.set(id, { ...known, realm, portals });
        return known.made;
      }
      const made = build(realm, portals, realmKeys);
      built.set(id, { realm, portals, keys: realmKeys, made });
      return made;
    },
  };
}

function isUnchanged(known: Built, realm: Realm, portals: readonly Portal[], keys: RealmKeys): boolean {
  if (known.keys.version !== keys.version) return false;
  if (known.realm !== realm && stampOf([known.realm]) !== stampOf([realm])) return false;
  return known.portals === portals || stampOf(known.portals) === stampOf(portals);
}

function stampOf(docs: readonly { readonly id: string; readonly changedAt: Date }[]): string {
  return docs.map(({ id, changedAt }) => `${id}@${changedAt.getTime()}`).join(' ');
}
