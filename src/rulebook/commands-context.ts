import type { Audit } from '../audit/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { Simulator } from '../simulator/index.ts';
import type { Rulebook } from './rulebook.ts';

/** What the commands work on, opened when one of them runs. */
export interface PolicyCommandsContext {
  readonly rulebook: Rulebook;
  readonly simulator: Simulator;
  readonly realms: Realms;
  readonly people: People;
  readonly audit: Pick<Audit, 'list'>;
  /** All kinds of factors there are. */
  readonly factorKinds: readonly string[];
  readonly clock: Clock;
  close(): Promise<void>;
}

/** By id, as a realm file calls it, or by names from the top. */
export const organizationOf = ({ people }: PolicyCommandsContext, realm: string, ref: string) =>
  people.tenancy.organizations.named(realm, ref);
