import { GatehouseError } from '../kernel/index.ts';
import type { Doc, Updated } from './port.ts';
import { createTurns } from './turns.ts';

/** A document as it was read; engines add to it what they want to know of it when it is replaced. */
export interface Found<T extends Doc> {
  readonly doc: T;
  readonly rev: number;
}

/** What an engine does for one change of one document. */
export interface Revisions<T extends Doc, F extends Found<T>> {
  readonly collection: string;
  read(id: string): Promise<F | undefined>;
  /** False: there is a document of that id by now. Throws `Duplicate` when another unique key is taken. */
  add(doc: T, durable: boolean): Promise<boolean>;
  /** False: it has another revision by now, or is gone. Throws `Duplicate`. */
  replace(doc: T, found: F, durable: boolean): Promise<boolean>;
}

/** Revisions start anywhere, so that a document taken and inserted again is not mistaken for the one before. */
export const firstRevision = () => Math.floor(Math.random() * 2 ** 40);

/** Read, change, write where the revision still matches; again where another was first. */
export function createChange<T extends Doc, F extends Found<T>>(revisions: Revisions<T, F>) {
  const inTurn = createTurns();

  async function attempt(
    id: string,
    make: (doc: T | undefined) => T | undefined,
    mode: 'update' | 'upsert',
    durable: boolean,
  ): Promise<Updated<T>> {
    for (;;) {
      const found = await revisions.read(id);
      if (found === undefined && mode === 'update') return { ok: false, why: 'absent' };
      const doc = make(found?.doc);
      if (doc === undefined) return { ok: false, why: 'refused' };
      if (doc === found?.doc) return { ok: true, doc };
      if (doc.id !== id)
        throw new GatehouseError('internal', `${revisions.collection}: a change may not change the id`);
      const isWritten =
        found === undefined ? await revisions.add(doc, durable) : await revisions.replace(doc, found, durable);
      if (isWritten) return { ok: true, doc };
    }
  }

  return {
    update: (id: string, make: (doc: T) => T | undefined, durable: boolean) =>
      inTurn(id, () => attempt(id, (doc) => make(doc as T), 'update', durable)),
    upsert: (id: string, make: (doc: T | undefined) => T | undefined, durable: boolean) =>
      inTurn(id, () => attempt(id, make, 'upsert', durable)),
  };
}
