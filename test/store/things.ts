import { z } from 'zod';
import type { Declaration, Doc } from '../../src/store/index.ts';

/** A document with everything a declaration can say. */
export interface Thing extends Doc {
  readonly realm: string;
  readonly label?: string | undefined;
  readonly rank?: number | undefined;
  readonly at: Date;
  readonly isOpen: boolean;
  readonly tags: readonly string[];
  readonly mail?: string | undefined;
  readonly count: number;
  readonly secret?: string | undefined;
  readonly inner?: { readonly code?: string | undefined; readonly seenAt?: Date | undefined } | undefined;
  readonly proofs: readonly { readonly kind: string; readonly at: Date }[];
  readonly visits?: Readonly<Record<string, Date>> | undefined;
  readonly expiresAt?: Date | undefined;
}

const shape = z.object({
  id: z.string(),
  realm: z.string(),
  label: z.string().optional(),
  rank: z.number().optional(),
  at: z.date(),
  isOpen: z.boolean(),
  tags: z.array(z.string()),
  mail: z.string().optional(),
  count: z.number(),
  secret: z.string().optional(),
  inner: z.object({ code: z.string().optional(), seenAt: z.date().optional() }).optional(),
  proofs: z.array(z.object({ kind: z.string(), at: z.date() })),
  visits: z.record(z.string(), z.date()).optional(),
  expiresAt: z.date().optional(),
});

export function thingsNamed(name: string, more: Partial<Declaration<Thing>> = {}): Declaration<Thing> {
  return {
    name,
    shape,
    indexes: [
      { name: 'label', fields: ['realm', 'label'] },
      { name: 'rank', fields: ['realm', 'rank', 'at'] },
      { name: 'at', fields: ['realm', 'at'] },
      { name: 'open', fields: ['realm', 'isOpen'] },
      { name: 'seen', fields: ['realm', 'inner.seenAt'] },
      { name: 'mail', fields: ['mail'], unique: true, sparse: true },
      { name: 'slot', fields: ['realm', 'count', 'label'], unique: true },
      { name: 'tag', fields: ['tags', 'at'] },
    ],
    sealed: ['secret', 'inner.code'],
    expiry: 'expiresAt',
    outbox: true,
    ...more,
  };
}

let made = 0;

/** Distinct in everything that must be. */
export function aThing(more: Partial<Thing> = {}): Thing {
  made += 1;
  const id = more.id ?? `thing-${made}`;
  return {
    id,
    realm: 'r',
    at: new Date(Date.UTC(2026, 0, 1) + made),
    isOpen: true,
    tags: [],
    count: made,
    proofs: [],
    ...more,
  };
}
