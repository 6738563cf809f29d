import { z } from 'zod';
import type { AddressTally, Tally } from '../../policy/index.ts';
import { type Declaration, type Doc, outboxShape } from '../../store/index.ts';

/** One counter of wrong guesses. Removed by nobody: time lifts holds, never counts. */
export interface TallyDoc extends Doc, Tally {
  readonly id: string;
  readonly realm: string;
  readonly counter: 'password' | 'second_factor';
  /** Absent for identifiers that nobody has. */
  readonly userId?: string;
  readonly changedAt: Date;
  /** Only where nobody has the identifier: 90 days after the last guess. */
  readonly removeAt?: Date;
}

const hold = z.object({ kind: z.enum(['wait', 'hold']), from: z.date(), until: z.date() });

export const talliesDeclaration: Declaration<TallyDoc> = {
  name: 'guesses',
  shape: z.object({
    id: z.string(),
    realm: z.string(),
    counter: z.enum(['password', 'second_factor']),
    userId: z.string().optional(),
    wrong: z.number().int(),
    pending: z.array(z.object({ id: z.string(), at: z.date(), signIn: z.string() })),
    hold: hold.optional(),
    lockedAt: z.date().optional(),
    signIns: z.array(z.object({ id: z.string(), wrong: z.number().int() })),
    changedAt: z.date(),
    removeAt: z.date().optional(),
    outbox: outboxShape,
  }) as unknown as z.ZodType<TallyDoc>,
  indexes: [{ name: 'person', fields: ['userId', 'realm'], sparse: true }],
  expiry: 'removeAt',
  outbox: true,
};

/** `id` is the range. */
export interface AddressDoc extends Doc, AddressTally {
  readonly id: string;
  readonly removeAt: Date;
}

export const addressesDeclaration: Declaration<AddressDoc> = {
  name: 'guessing_addresses',
  shape: z.object({
    id: z.string(),
    slices: z.array(z.object({ from: z.date(), wrong: z.number().int() })),
    removeAt: z.date(),
  }),
  indexes: [],
  expiry: 'removeAt',
};
