import type { Clock } from '../../kernel/index.ts';
import type { Store } from '../../store/index.ts';
import type { User } from '../user.ts';
import { createAdministrators } from './administrators.ts';
import { createApplyFile } from './apply-file.ts';
import { createAuthority } from './authority.ts';
import {
  membershipsDeclaration,
  organizationsDeclaration,
  subscriptionsDeclaration,
  treesDeclaration,
} from './collections.ts';
import { createDirectory } from './directory.ts';
import { createLines } from './lines.ts';
import { createMemberships } from './memberships.ts';
import { createSubscriptions } from './subscriptions.ts';
import { telling } from './telling.ts';
import type { Tenancy, WouldStrand } from './tenancy.ts';
import { createTreeChanges } from './tree-changes.ts';

export interface TenancyDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly user: (realm: string, userId: string) => Promise<User | undefined>;
  /** Absent: never. */
  readonly wouldStrand?: WouldStrand | undefined;
}

export function createTenancy({ store, clock, user, wouldStrand = async () => false }: TenancyDeps): Tenancy {
  const organizations = store.collection(organizationsDeclaration);
  const members = store.collection(membershipsDeclaration);
  const trees = store.collection(treesDeclaration);
  const lines = createLines(organizations);
  const changes = createTreeChanges({ organizations, memberships: members, trees, lines, clock });
  const administrators = createAdministrators(trees, wouldStrand);
  const memberships = createMemberships({ memberships: members, lines, changes, administrators, user, clock });
  const listeners: ((realm: string) => void)[] = [];
  const tell = (realm: string) => {
    for (const listener of listeners) listener(realm);
  };
  const ofRealm = ({ realm }: { readonly realm: string }) => realm;
  const named = (realm: string) => realm;
  const directory = telling(createDirectory({ organizations, lines, changes, wouldStrand, clock }), tell, {
    ...{ add: ofRealm, change: named, move: named, remove: named },
  });
  const subscriptions = telling(
    createSubscriptions({ subscriptions: store.collection(subscriptionsDeclaration), clock }),
    tell,
    { add: ofRealm, remove: ofRealm },
  );
  const filed = createApplyFile({ stored: organizations, organizations: directory, subscriptions });
  return {
    organizations: directory,
    memberships: telling(memberships, tell, { add: ofRealm, accept: ofRealm, setRole: ofRealm, remove: ofRealm }),
    subscriptions,
    authority: createAuthority({ lines, memberships, user }),
    administrators,
    wouldStrand,
    applyFile: filed.apply,
    foretellFile: filed.foretell,
    repair: () => changes.repair(),
    onChange: (listener) => void listeners.push(listener),
  };
}
