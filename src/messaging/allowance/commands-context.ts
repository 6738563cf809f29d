import type { Json, Outcome } from '../../command-line/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Realm, Realms } from '../../realm/index.ts';
import type { AllowanceDesk } from './create-allowance.ts';

/** What the commands work on, opened when one of them runs. */
export interface AllowanceCommandsContext {
  readonly allowance: AllowanceDesk;
  readonly realms: Pick<Realms, 'get' | 'list'>;
  readonly clock: Clock;
  /** By id, as a realm file calls it, or by names from the top. */
  organizationNamed(realm: string, ref: string): Promise<{ readonly id: string; readonly name: string } | undefined>;
  close(): Promise<void>;
}

export type InRealm = (
  id: string,
  options: Json,
  act: (context: AllowanceCommandsContext, realm: Realm) => Promise<Outcome>,
) => Promise<void>;
