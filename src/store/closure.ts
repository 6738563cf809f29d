import { z } from 'zod';
import type { Declaration, Doc } from './port.ts';

/**
 * A mark in a database that no server may use: documents are leaving for another one, have left, or have not all
 * arrived. It survives the program that set it, so that a copy that was cut off is never served from.
 */
export interface Closure extends Doc {
  readonly why: 'leaving' | 'left' | 'arriving';
  /** The move or the restore that closed it. */
  readonly copy: string;
  readonly at: Date;
  /** Of documents that are arriving: the last one that is there. */
  readonly reached?: { readonly collection: string; readonly id: string } | undefined;
}

export const closureDeclaration: Declaration<Closure> = {
  name: 'gatehouse_closure',
  shape: z.object({
    id: z.string(),
    why: z.enum(['leaving', 'left', 'arriving']),
    copy: z.string(),
    at: z.date(),
    reached: z.object({ collection: z.string(), id: z.string() }).optional(),
  }),
  indexes: [],
};

export const theClosure = 'closure';

const sayings = {
  leaving: 'it is being moved; run `gatehouse move` again to finish, or `gatehouse move --cancel`',
  left: 'it was moved to another database: set GATEHOUSE_DATABASE or GATEHOUSE_DATA to that one',
  arriving: 'not everything has arrived in it: run the `gatehouse restore` or `gatehouse move` again that was cut off',
} as const;

export const closedBecause = ({ why, at }: Closure): string =>
  `the database is closed since ${at.toISOString()}: ${sayings[why]}`;
