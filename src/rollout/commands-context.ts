import type { Clock } from '../kernel/index.ts';
import type { People } from '../people/index.ts';
import type { Realms } from '../realm/index.ts';
import type { Rollouts } from './create-rollouts.ts';

/** What the commands work on, opened when one of them runs. */
export interface RolloutCommandsContext {
  readonly rollouts: Rollouts;
  readonly realms: Pick<Realms, 'get'>;
  readonly people: Pick<People, 'get' | 'tenancy'>;
  readonly clock: Clock;
  close(): Promise<void>;
}
