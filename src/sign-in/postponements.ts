import type { People, User } from '../people/index.ts';
import { withAnswer } from './answered.ts';
import type { Attempt } from './attempt.ts';

/** More than anybody has under way at a time. */
const signInsKept = 20;

/**
 * Counts that this sign-in puts the set-up off: once, whatever is posted twice, and only from the number that its page
 * was decided by. False: another sign-in of the person was counted since, so that this one must be decided anew.
 */
export async function countPostponement(
  people: Pick<People, 'update'>,
  { person, attempt }: { readonly person: User | undefined; readonly attempt: Attempt },
  now: Date,
): Promise<boolean> {
  if (person === undefined) return false;
  const known = timesOf(person);
  const counted = await people.update(person.realm, person.id, (user) => {
    if (isCounted(user, attempt.id)) return user;
    if (timesOf(user) !== known) return undefined;
    const { since = now, in: before = [] } = user.postponed ?? {};
    return { ...user, postponed: { times: known + 1, since, in: [...before, attempt.id].slice(-signInsKept) } };
  });
  return counted !== undefined;
}

/** As its answers stand: what was counted is answered, also before the request that counted it has recorded that. */
export function withCounted(attempt: Attempt, person: User | undefined): Attempt {
  if (person === undefined || !isCounted(person, attempt.id)) return attempt;
  return { ...attempt, answers: withAnswer(attempt.answers, 'postponed') };
}

const timesOf = ({ postponed }: User) => postponed?.times ?? 0;
const isCounted = ({ postponed }: User, signIn: string) => postponed?.in?.includes(signIn) === true;
