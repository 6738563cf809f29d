import type { User } from '../people/index.ts';
import type { Standing } from '../policy/index.ts';
import type { Realm } from '../realm/index.ts';
import type { Rollout } from './rollout.ts';

/** Of every organization that a session of theirs could be for, the one in which they stand worst counts. */
export interface Counted {
  /** Ids of all that they belong to, and of those above. */
  readonly organizations: ReadonlySet<string>;
  standing(rollouts: 'with' | 'without'): Standing['standing'];
}

/**
 * Reads a realm once, and says of whoever is asked for then how they stand under these roll-outs and under those:
 * roll-outs do not know what else binds people, nor what they have.
 */
export type TakeCensus = (
  realm: Realm,
  rollouts: Readonly<Record<'with' | 'without', readonly Rollout[]>>,
) => Promise<(person: User) => Counted>;

/** Of all roll-outs: with every wave of this one in force, and without it. */
export function withAndWithout(rollout: Rollout, all: readonly Rollout[]) {
  const whole = inTheEnd(rollout);
  return {
    with: all.map((each) => (each.id === rollout.id ? whole : each)),
    without: all.filter(({ id }) => id !== rollout.id),
  };
}

/** As it is once it runs and every wave has begun. */
export function inTheEnd(rollout: Rollout): Rollout {
  const { heldAt: _heldAt, stoppedFrom: _stoppedFrom, ...rest } = rollout;
  return { ...rest, state: 'running', waves: rest.waves.map((wave) => ({ ...wave, startsAt: new Date(0) })) };
}
