import type { Clock } from '../kernel/index.ts';
import type { Store } from '../store/index.ts';
import { type Administration, createAdministration } from './administration.ts';
import { createBatches } from './batches.ts';
import { batchesDeclaration, tokensDeclaration } from './collections.ts';
import type { ImportTokens } from './import.ts';
import { createInventory, type Inventory } from './inventory.ts';
import { createSpending, type Spending } from './spending.ts';

export interface Tokens extends Pick<Inventory, 'find' | 'list' | 'assigned' | 'hasTokens'>, Spending, Administration {
  readonly import: ImportTokens;
  /** CSV, line by line. */
  export(
    realm: string,
    options: { readonly withSeeds: boolean; readonly nameOf: (userId: string) => Promise<string> },
  ): AsyncIterable<string>;
  /** Removes what imports that were cut off left behind. */
  repair(): Promise<void>;
}

export function createTokens(deps: { readonly store: Store; readonly clock: Clock }): Tokens {
  const { store, clock } = deps;
  const tokens = store.collection(tokensDeclaration);
  const batches = createBatches({ batches: store.collection(batchesDeclaration), tokens, clock });
  const inventory = createInventory({ tokens, batches, clock });
  return {
    find: inventory.find,
    list: inventory.list,
    assigned: inventory.assigned,
    hasTokens: inventory.hasTokens,
    ...createSpending({ tokens, inventory }),
    ...createAdministration({ tokens, inventory, clock }),
    // Servers never read or write such files, so what does is loaded when it is wanted.
    async import(source, actor) {
      const { createImport } = await import('./import.ts');
      return createImport({ tokens, batches, inventory, clock })(source, actor);
    },
    async *export(realm, options) {
      const { exportCsv } = await import('./export.ts');
      yield* exportCsv(inventory.all(realm), { ...options, now: clock.now() });
    },
    repair: () => batches.repair(),
  };
}
