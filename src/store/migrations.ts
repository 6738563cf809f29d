import type { Store } from './port.ts';

/**
 * A change of what stored documents look like. `run` gets a store of its own: it declares collections as they were
 * and, after `ensure`, lists, updates, inserts. It may be cut off and started again, so it must bear being run twice.
 */
export interface Migration {
  readonly why: string;
  run(store: Pick<Store, 'collection'> & { ensure(): Promise<void> }): Promise<void>;
}

/** In order; the version of a database is how many of these it has seen. Only ever add at the end. */
export const migrations: readonly Migration[] = [];
