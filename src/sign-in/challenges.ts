import { z } from 'zod';
import type { FactorState } from '../factors/index.ts';
import type { Attempt } from './attempt.ts';
import type { Attempts } from './attempts.ts';

const challengesShape = z.record(z.string(), z.record(z.string(), z.unknown()));

/** What is being asked in this attempt, by method id (or by `alone:<kind>`). */
export function readChallenges(attempt: Attempt): z.infer<typeof challengesShape> {
  return attempt.challenges === undefined ? {} : challengesShape.parse(JSON.parse(attempt.challenges));
}

/** The challenge under way, or a new one; a page loaded twice, at the same moment too, asks the same. */
export async function beginChallenge(
  attempts: Attempts,
  attempt: Attempt,
  key: string,
  begin: () => Promise<FactorState>,
): Promise<FactorState> {
  const current = readChallenges(attempt)[key];
  if (current !== undefined) return current;
  const state = await begin();
  const begun = await attempts.change(attempt.id, (now) => {
    const all = readChallenges(now);
    return all[key] === undefined ? { ...now, challenges: JSON.stringify({ ...all, [key]: state }) } : now;
  });
  return (begun.ok ? readChallenges(begun.doc)[key] : undefined) ?? state;
}

/** Takes the challenge that `attempt` knows out of it: of any number of racers one gets it, and nobody a second time. */
export async function takeChallenge(attempts: Attempts, attempt: Attempt, key: string): Promise<boolean> {
  const known = readChallenges(attempt)[key];
  if (known === undefined) return false;
  let isMine = false;
  const taken = await attempts.change(attempt.id, (now) => {
    isMine = JSON.stringify(readChallenges(now)[key]) === JSON.stringify(known);
    return isMine ? withoutChallenge(now, key) : undefined;
  });
  return taken.ok && isMine;
}

export function withoutChallenge(attempt: Attempt, key: string): Attempt {
  const { [key]: gone, ...others } = readChallenges(attempt);
  return gone === undefined ? attempt : { ...attempt, challenges: JSON.stringify(others) };
}
