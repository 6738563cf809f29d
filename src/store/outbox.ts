import { z } from 'zod';
import type { Doc, OutboxItem } from './port.ts';

/** For shapes that spell their outbox out; a shape may also leave it away. */
export const outboxShape = z
  .array(
    z.object({
      id: z.string(),
      kind: z.enum(['audit', 'message']),
      at: z.date(),
      body: z.record(z.string(), z.unknown()),
    }),
  )
  .optional();

/** The document with these items behind what it still has to tell. */
export function withOutbox<T extends Doc>(doc: T, ...items: readonly OutboxItem[]): T {
  return items.length === 0 ? doc : { ...doc, outbox: [...(doc.outbox ?? []), ...items] };
}

/** Milliseconds of the oldest thing to tell; null when there is none. */
export function pendingSince(doc: Doc): number | null {
  let oldest: number | null = null;
  for (const { at } of doc.outbox ?? []) if (oldest === null || at.getTime() < oldest) oldest = at.getTime();
  return oldest;
}
