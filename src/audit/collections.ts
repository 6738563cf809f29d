import type { Clock, Keyring } from '../kernel/index.ts';
import type { Collection } from '../store/index.ts';
import type { Head } from './head.ts';
import type { AuditRecord } from './record.ts';

/** What the parts of this room work with. */
export interface AuditDeps {
  readonly records: Collection<AuditRecord>;
  readonly heads: Collection<Head>;
  readonly clock: Clock;
  readonly keyring: Keyring;
}
