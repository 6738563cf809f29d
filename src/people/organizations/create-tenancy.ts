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
import { guarded } from './guarded.ts';
import { createLines } from './lines.ts';
import { createMemberships } from './memberships.ts';
import { createSubscriptions } from './subscriptions.ts';
import { telling } from './telling.ts';
import type { KeepAdmins, Tenancy } from './tenancy.ts';
import { createTreeChanges } from './tree-changes.ts';

export interface TenancyDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly user: (realm: string, userId: string) => Promise<User | undefined>;
  readonly keepAdmins: KeepAdmins;
}

export function createTenancy({ store, clock, user, keepAdmins }: TenancyDeps): Tenancy {
  const stored = store.collection(organizationsDeclaration);
  const members = store.collection(membershipsDeclaration);
  const trees = store.collection(treesDeclaration);
  const lines = createLines(stored);
  const changes = createTreeChanges({ organizations: stored, memberships: members, trees, lines, clock });
  const administrators = createAdministrators(trees);
  const listeners: ((realm: string) => void)[] = [];
  const tell = (realm: string) => {
    for (const listener of listeners) listener(realm);
  };
  const ofRealm = ({ realm }: { readonly realm: string }) => realm;
  const named = (realm: string) => realm;

  const organizations = telling(createDirectory({ organizations: stored, lines, changes, clock }), tell, {
    ...{ add: ofRealm, change: named, move: named, remove: named },
  });
  const memberships = telling(
    createMemberships({ memberships: members, lines, changes, administrators, user, clock }),
    tell,
    { add: ofRealm, accept: ofRealm, setRole: ofRealm, remove: ofRealm },
  );
  const subscriptions = telling(
    createSubscriptions({ subscriptions: store.collection(subscriptionsDeclaration), clock }),
    tell,
    { add: ofRealm, remove: ofRealm },
  );
  // A file is judged whole, by who applies it.
  const filed = createApplyFile({ stored, organizations, subscriptions });
  return {
    ...guarded({ organizations, memberships, subscriptions }, keepAdmins),
    authority: createAuthority({ lines, memberships, user }),
    administrators,
    applyFile: filed.apply,
    foretellFile: filed.foretell,
    repair: () => changes.repair(),
    onChange: (listener) => void listeners.push(listener),
  };
}
