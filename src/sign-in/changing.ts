import type { Clock } from '../kernel/index.ts';
import type { Attempt } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import { basisOf } from './basis.ts';
import { type VisitDeps, whoIs } from './visit.ts';

/** Longer than any change takes; then the process that began it is dead. */
const goneAfterMs = 30_000;

/**
 * Changes the person in the name of their own attempt: one request at a time, others of the attempt wait. `claim` takes
 * what is used up by it, and may refuse by `undefined`; `work` changes the person and says what to record, or undefined
 * when nothing was changed. False: another request was first, or the attempt is over.
 */
export async function changePerson(
  deps: Pick<VisitDeps, 'people' | 'factors'> & { readonly attempts: Attempts; readonly clock: Clock },
  uid: string,
  claim: (attempt: Attempt) => Attempt | undefined,
  work: () => Promise<((attempt: Attempt) => Attempt) | undefined>,
): Promise<boolean> {
  const { attempts, clock } = deps;
  const begun = clock.now();
  const claimed = await attempts.change(uid, (attempt) => {
    const isBusy = attempt.changing !== undefined && begun.getTime() - attempt.changing.getTime() < goneAfterMs;
    const left = isBusy ? undefined : claim(attempt);
    return left === undefined ? undefined : { ...left, changing: begun };
  });
  if (!claimed.ok) return false;
  let record: Awaited<ReturnType<typeof work>>;
  try {
    record = await work();
  } catch (error) {
    await attempts.change(uid, done);
    throw error;
  }
  if (record === undefined) {
    await attempts.change(uid, done);
    return false;
  }
  const { person, methods } = await whoIs(deps, claimed.doc.realm, claimed.doc.userId);
  const recorded = record;
  await attempts.change(uid, (attempt) => ({
    ...recorded(done(attempt)),
    ...(person === undefined ? {} : { basis: basisOf(person, methods) }),
  }));
  return true;
}

function done(attempt: Attempt): Attempt {
  const { changing: _, ...rest } = attempt;
  return rest;
}
