import type { Collection, Declaration, Doc, Store } from '../store/index.ts';

/** Runs `act`, an operation on a collection, and looks on. */
export type Around = <R>(collection: string, operation: string, act: () => Promise<R>) => Promise<R>;

/** The same store, each operation of its collections run by `around`. */
export function watchStore(store: Store, around: Around): Store {
  return {
    isReady: () => store.isReady(),
    collection: <T extends Doc>(declaration: Declaration<T>) => watchCollection(store.collection(declaration), around),
    collections: () => store.collections(),
    bootstrap: () => store.bootstrap(),
    pending: (collection, limit) => store.pending(collection, limit),
    onOutbox: (listener) => store.onOutbox(listener),
    removeExpired: (collection, before, limit) =>
      around(collection, 'removeExpired', () => store.removeExpired(collection, before, limit)),
    inspect: () => store.inspect(),
    close: () => store.close(),
  };
}

function watchCollection<T extends Doc>(collection: Collection<T>, around: Around): Collection<T> {
  const { declaration } = collection;
  const run = <R>(operation: keyof Collection<T>, act: () => Promise<R>) => around(declaration.name, operation, act);
  return {
    declaration,
    get: (id) => run('get', () => collection.get(id)),
    findBy: (index, key) => run('findBy', () => collection.findBy(index, key)),
    list: (query) => run('list', () => collection.list(query)),
    tally: (query) => run('tally', () => collection.tally(query)),
    insert: (doc, options) => run('insert', () => collection.insert(doc, options)),
    insertMany: (docs) => run('insertMany', () => collection.insertMany(docs)),
    update: (id, change, options) => run('update', () => collection.update(id, change, options)),
    upsert: (id, change, options) => run('upsert', () => collection.upsert(id, change, options)),
    take: (id) => run('take', () => collection.take(id)),
    remove: (id) => run('remove', () => collection.remove(id)),
    removeWhere: (query) => run('removeWhere', () => collection.removeWhere(query)),
  };
}
