import type { Clock } from '../../kernel/index.ts';
import type { Store } from '../../store/index.ts';
import type { User } from '../user.ts';
import { type Administrators, createAdministrators } from './administrators.ts';
import { type Authority, createAuthority } from './authority.ts';
import {
  membershipsDeclaration,
  organizationsDeclaration,
  subscriptionsDeclaration,
  treesDeclaration,
} from './collections.ts';
import { createDirectory } from './directory.ts';
import { createLines } from './lines.ts';
import { createMemberships } from './memberships.ts';
import type { Memberships, Organizations, Subscriptions } from './organization.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createTreeChanges } from './tree-changes.ts';

export interface TenancyDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly user: (realm: string, userId: string) => Promise<User | undefined>;
}

/** Everything about the tree of a realm. */
export interface Tenancy {
  readonly organizations: Organizations;
  readonly memberships: Memberships;
  readonly subscriptions: Subscriptions;
  readonly authority: Authority;
  readonly administrators: Administrators;
  /** Finishes moves that a crash left half told. Returns how many. */
  repair(): Promise<number>;
}

export function createTenancy({ store, clock, user }: TenancyDeps): Tenancy {
  const organizations = store.collection(organizationsDeclaration);
  const members = store.collection(membershipsDeclaration);
  const trees = store.collection(treesDeclaration);
  const lines = createLines(organizations);
  const changes = createTreeChanges({ organizations, memberships: members, trees, lines, clock });
  const administrators = createAdministrators(trees);
  const memberships = createMemberships({ memberships: members, lines, changes, administrators, user, clock });
  return {
    organizations: createDirectory({ organizations, lines, changes, clock }),
    memberships,
    subscriptions: createSubscriptions({ subscriptions: store.collection(subscriptionsDeclaration), clock }),
    authority: createAuthority({ lines, memberships, user }),
    administrators,
    repair: () => changes.repair(),
  };
}
