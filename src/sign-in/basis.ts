import type { Method } from '../factors/index.ts';
import { digest } from '../kernel/index.ts';
import type { User } from '../people/index.ts';

/**
 * What an attempt stands on: when any of it changes by another's hand (a reset, a removal, a lock, a second browser that
 * enrols), the attempt is over. A method's use and name do not count.
 */
export function basisOf(user: User, methods: readonly Method[]): string {
  return digest(
    JSON.stringify([
      user.id,
      user.status,
      user.password?.setAt ?? null,
      user.sessionsValidFrom ?? null,
      user.secondFactorLockedAt ?? null,
      methods.map((method) => [method.id, method.state]).toSorted(),
    ]),
  );
}
