import type { Store } from '../store/index.ts';

/** Of one collection; more than this many is a fault whatever the figure, and counting on would burden the database. */
const countedAtMost = 200;

/** How many documents wait with something to deliver, and since when the oldest of it. */
export async function outboxLength(
  store: Pick<Store, 'pending' | 'collections'>,
): Promise<{ readonly documents: number; readonly oldestAt: Date | undefined }> {
  let documents = 0;
  let oldest = Number.POSITIVE_INFINITY;
  for (const { declaration } of store.collections()) {
    if (declaration.outbox !== true) continue;
    const pending = await store.pending(declaration.name, countedAtMost);
    documents += pending.length;
    for (const { outbox = [] } of pending) for (const { at } of outbox) oldest = Math.min(oldest, at.getTime());
  }
  return { documents, oldestAt: documents === 0 ? undefined : new Date(oldest) };
}
