import type { OutboxItem } from '../store/index.ts';
import { newId } from '../kernel/index.ts';

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

/** The outbox item that carries `event`. */
export function auditEvent(at: Date, event: AuditEvent): OutboxItem {
  return { id: newId(), kind: 'audit', at, body: { ...event } };
}
