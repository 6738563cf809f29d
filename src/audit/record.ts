import { z } from 'zod';
import type { Declaration, Doc } from '../store/index.ts';
import type { AuditEvent } from './event.ts';
import { detailsShape } from './event-shape.ts';

/** Fields that can be about a person: each is committed to by itself, so that each can be erased by itself. */
export const personalFields = ['actor', 'subject', 'signIn', 'reference', 'address', 'browser', 'details'] as const;
export type PersonalField = (typeof personalFields)[number];

/**
 * One link of a realm's chain. `hash` covers everything but the personal values, and those through `commitments`:
 * SHA-256 of salt and value. Without value and salt nothing can be learned from a commitment, and the chain still holds.
 */
export interface AuditRecord extends Doc {
  /** `{realm}/{seq}`, so that a place in the chain is taken once. */
  readonly id: string;
  readonly realm: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** The outbox item it came in: each is recorded once. */
  readonly item: string;
  readonly at: Date;
  readonly type: string;
  readonly actorKind: AuditEvent['actor']['kind'];
  readonly portal?: string;
  readonly personal: Personal;
  readonly salts: Readonly<Partial<Record<PersonalField, string>>>;
  readonly commitments: Readonly<Partial<Record<PersonalField, string>>>;
  /** The hash of the record before. */
  readonly previous: string;
  readonly hash: string;
  /** Keyed hash of `hash`: nobody without the installation's keys adds a record. */
  readonly seal: string;
  readonly erased?: Erasure;
}

/** `actor` is its id. */
export interface Personal extends Pick<AuditEvent, Exclude<PersonalField, 'actor'>> {
  readonly actor?: string;
}

/** Says, keyed, which personal fields were taken out on purpose. */
export interface Erasure {
  readonly at: Date;
  readonly fields: readonly string[];
  readonly mac: string;
}

const text = z.string().exactOptional();
const perField = z.partialRecord(z.enum(personalFields), z.string());

export const recordsDeclaration: Declaration<AuditRecord> = {
  name: 'audit_records',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    seq: z.number(),
    item: z.string(),
    at: z.date(),
    type: z.string(),
    actorKind: z.enum(['person', 'admin', 'operator', 'client', 'system']),
    portal: text,
    personal: z.object({
      actor: text,
      subject: text,
      signIn: text,
      reference: text,
      address: text,
      browser: text,
      details: detailsShape.exactOptional(),
    }),
    salts: perField,
    commitments: perField,
    previous: z.string(),
    hash: z.string(),
    seal: z.string(),
    erased: z.object({ at: z.date(), fields: z.array(z.string()), mac: z.string() }).exactOptional(),
  }),
  indexes: [
    { name: 'by_seq', fields: ['realm', 'seq'], unique: true },
    { name: 'by_item', fields: ['item'], unique: true },
    { name: 'by_type', fields: ['realm', 'type', 'seq'] },
    { name: 'by_subject', fields: ['personal.subject', 'realm', 'seq'], sparse: true },
    { name: 'by_actor', fields: ['personal.actor', 'realm', 'seq'], sparse: true },
    { name: 'by_sign_in', fields: ['personal.signIn', 'realm', 'seq'], sparse: true },
    { name: 'by_reference', fields: ['personal.reference', 'realm', 'seq'], sparse: true },
  ],
};

/** An event as read back from the log. */
export interface AuditEntry extends AuditEvent {
  readonly seq: number;
  readonly at: Date;
  /** Personal fields that were erased. */
  readonly erased?: readonly string[];
}

export function entryOf(record: AuditRecord): AuditEntry {
  const { actor, ...personal } = record.personal;
  return {
    seq: record.seq,
    at: record.at,
    type: record.type,
    realm: record.realm,
    actor: { kind: record.actorKind, ...(actor === undefined ? {} : { id: actor }) },
    ...(record.portal === undefined ? {} : { portal: record.portal }),
    ...personal,
    ...(record.erased === undefined ? {} : { erased: record.erased.fields }),
  };
}
