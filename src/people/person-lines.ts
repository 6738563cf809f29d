import type { User } from './user.ts';

/** In a word: what keeps them from signing in, if anything does. */
export function stateOf(person: User): 'active' | 'disabled' | 'locked' | 'invited' | 'without password' {
  if (person.status === 'disabled') return 'disabled';
  if (person.secondFactorLockedAt !== undefined) return 'locked';
  if (person.password !== undefined) return 'active';
  return person.invitation === undefined ? 'without password' : 'invited';
}

/** For programs; never a hash. */
export const summaryOf = (person: User) => ({
  id: person.id,
  status: person.status,
  name: person.name,
  email: person.email ?? null,
  username: person.username ?? null,
  hasPassword: person.password !== undefined,
  secondFactorLocked: person.secondFactorLockedAt !== undefined,
});
