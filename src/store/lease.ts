import type { Doc } from './port.ts';

/** A name that one process at a time holds, for a while. */
export interface Lease extends Doc {
  readonly holder: string;
  readonly until: Date;
}
