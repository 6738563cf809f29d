import type { Clock } from '../kernel/index.ts';
import type { Collection } from '../store/index.ts';
import type { StoredPortal, StoredRealm } from './collections.ts';
import { publicPortal, publicRealm } from './documents.ts';
import type { Portal, Realm } from './realm.ts';

/** How old what is read may be: changes of other processes show within this time. */
const snapshotTtlMs = 2_000;

const pageSize = 500;

export interface Snapshot {
  readonly realms: ReadonlyMap<string, Realm>;
  /** Those with an origin of their own, by its host. */
  readonly hosts: ReadonlyMap<string, Realm>;
  /** By realm, then by client id. */
  readonly portals: ReadonlyMap<string, ReadonlyMap<string, Portal>>;
  /** The same as lists, so that who asks twice gets the same object. */
  readonly lists: ReadonlyMap<string, readonly Portal[]>;
}

/** All realms and portals, read together and kept for a moment: unknown names cost no read. */
export function createSnapshots(
  { realms, portals }: { realms: Collection<StoredRealm>; portals: Collection<StoredPortal> },
  clock: Clock,
): { current(): Promise<Snapshot>; forget(): void } {
  let kept: { readonly at: number; readonly snapshot: Promise<Snapshot> } | undefined;

  const read = async (): Promise<Snapshot> => {
    const all = await everything(realms);
    const lists = new Map(
      await Promise.all(
        all.map(async ({ id }) => [id, (await everything(portals, [id])).filter(isThere).map(publicPortal)] as const),
      ),
    );
    const byClientId = (own: readonly Portal[]) => new Map(own.map((portal) => [portal.clientId, portal]));
    const open = all.map(publicRealm);
    return {
      realms: new Map(open.map((realm) => [realm.id, realm])),
      // Of two that differ in their scheme only, the first.
      hosts: new Map(
        open
          .flatMap((realm) => (realm.origin === undefined ? [] : [[new URL(realm.origin).host, realm] as const]))
          .toReversed(),
      ),
      portals: new Map([...lists].map(([id, own]) => [id, byClientId(own)])),
      lists,
    };
  };

  return {
    current() {
      const now = clock.now().getTime();
      // A clock that was set back makes it stale too.
      if (kept !== undefined && now >= kept.at && now - kept.at < snapshotTtlMs) return kept.snapshot;
      const fresh = { at: now, snapshot: read() };
      kept = fresh;
      fresh.snapshot.catch(() => {
        if (kept === fresh) kept = undefined;
      });
      return fresh.snapshot;
    },
    forget() {
      kept = undefined;
    },
  };
}

const isThere = ({ removedAt }: StoredPortal) => removedAt === undefined;

async function everything<T extends StoredRealm | StoredPortal>(
  collection: Collection<T>,
  equals?: readonly string[],
): Promise<T[]> {
  const index = collection.declaration.name === 'realms' ? 'name' : 'realm';
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await collection.list({
      index,
      limit: pageSize,
      ...(equals === undefined ? {} : { equals }),
      ...(after === undefined ? {} : { after }),
    });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
