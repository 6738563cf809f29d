import { z } from 'zod';
import { GatehouseError } from '../kernel/index.ts';
import type { OutboxItem } from '../store/index.ts';
import { type AuditEvent, longestDetail } from './event.ts';

const text = z
  .string()
  .max(longestDetail)
  .transform((value) => value.toWellFormed());

export const detailsShape = z.record(
  z.string().max(64),
  z.union([text, z.number(), z.boolean(), z.null(), z.array(text).max(100)]),
);

const eventShape = z.strictObject({
  type: z
    .string()
    .regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/)
    .max(64),
  realm: z.string().min(1).max(64),
  actor: z.strictObject({ kind: z.enum(['person', 'admin', 'operator', 'client', 'system']), id: text.optional() }),
  subject: text.optional(),
  portal: text.optional(),
  signIn: text.optional(),
  reference: text.optional(),
  address: text.optional(),
  browser: text.optional(),
  details: detailsShape.optional(),
});

/** The event that the item carries. Throws `internal` when it is none: then the item stays where it is, unlost. */
export function eventOf(item: OutboxItem): AuditEvent {
  const parsed = eventShape.safeParse(item.body);
  if (parsed.success) return parsed.data as AuditEvent;
  throw new GatehouseError('internal', `outbox item ${item.id} is no audit event`, { cause: parsed.error });
}
