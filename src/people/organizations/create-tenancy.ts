import type { Clock } from '../../kernel/index.ts';
import type { Store } from '../../store/index.ts';
import type { User } from '../user.ts';
import { createAdministrators } from './administrators.ts';
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
import type { Tenancy } from './tenancy.ts';
import { createTreeChanges } from './tree-changes.ts';

export interface TenancyDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly user: (realm: string, userId: string) => Promise<User | undefined>;
}

export function createTenancy({ store, clock, user }: TenancyDeps): Tenancy {
  const organizations = store.collection(organizationsDeclaration);
  const members = store.collection(membershipsDeclaration);
  const trees = store.collection(treesDeclaration);
  const lines = createLines(organizations);
  const changes = createTreeChanges({ organizations, memberships: members, trees, lines, clock });
  const administrators = createAdministrators(trees);
  const memberships = createMemberships({ memberships: members, lines, changes, administrators, user, clock });
  const listeners: ((realm: string) => void)[] = [];
  const tell = (realm: string) => {
    for (const listener of listeners) listener(realm);
  };
  const subscriptions = createSubscriptions({ subscriptions: store.collection(subscriptionsDeclaration), clock });
  return {
    organizations: telling(createDirectory({ organizations, lines, changes, clock }), tell, {
      add: ({ realm }) => realm,
      change: (realm) => realm,
      move: (realm) => realm,
      remove: (realm) => realm,
    }),
    memberships: telling(memberships, tell, {
      add: ({ realm }) => realm,
      accept: ({ realm }) => realm,
      setRole: ({ realm }) => realm,
      remove: ({ realm }) => realm,
    }),
    subscriptions: telling(subscriptions, tell, { add: ({ realm }) => realm, remove: ({ realm }) => realm }),
    authority: createAuthority({ lines, memberships, user }),
    administrators,
    repair: () => changes.repair(),
    onChange: (listener) => void listeners.push(listener),
  };
}
