import { GatehouseError, newId } from '../kernel/index.ts';
import type { OutboxItem } from '../store/index.ts';

/**
 * What happened, for the realm's audit log. Rooms put events in the `outbox` of the very document they change
 * (`auditEvent(...)`), so that no change is without its record.
 */
export interface AuditEvent {
  /** Dotted, past tense: `sign_in.completed`, `password.refused`, `method.added`, `realm.applied`. */
  readonly type: string;
  readonly realm: string;
  /** `person`: themselves; `admin`: a person acting on others; `operator`: the command line; `system`. */
  readonly actor: { readonly kind: 'person' | 'admin' | 'operator' | 'client' | 'system'; readonly id?: string };
  /** The person it is about. */
  readonly subject?: string;
  readonly portal?: string;
  /** The sign-in attempt it belongs to. */
  readonly signIn?: string;
  /** The reference number that a page showed for it. */
  readonly reference?: string;
  readonly address?: string;
  readonly browser?: string;
  /** More, without secrets: no codes, seeds, passwords, tokens; identifiers that matched nobody are left out. */
  readonly details?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/** The longest text an event may carry, in UTF-16 units: a log of what happened, not a store of what was sent. */
export const longestDetail = 1_024;

/** The outbox item that carries `event`. Throws `internal` when a text of it is too long to be a detail. */
export function auditEvent(at: Date, event: AuditEvent): OutboxItem {
  const { actor, details = {}, ...rest } = event;
  const texts = [actor.id, ...Object.values(rest), ...Object.values(details).flat()];
  if (texts.some((value) => typeof value === 'string' && value.length > longestDetail)) {
    throw new GatehouseError('internal', `a text of audit event ${event.type} is longer than ${longestDetail}`);
  }
  return { id: newId(), kind: 'audit', at, body: { ...event } };
}
