import { whyNotFile } from '../kernel/index.ts';
import type { Refused } from './outcome.ts';

/** A file that is not there, or may not be read or made, is the caller's to put right; all else is thrown on. */
export const refusedFile =
  (path: string, options: { readonly isNew?: boolean } = {}) =>
  (error: unknown): Refused => {
    const why = whyNotFile(error, { ...options, path });
    if (why === undefined) throw error;
    return { refused: why };
  };
