import { z } from 'zod';
import type { Asking, FactorState } from '../factors/index.ts';
import type { Attempt } from './attempt.ts';
import type { Attempts } from './attempts.ts';

const challengesShape = z.record(z.string(), z.record(z.string(), z.unknown()));

/** What is being asked in this attempt, by method id (or by `alone:<kind>`). */
export function readChallenges(attempt: Attempt): z.infer<typeof challengesShape> {
  return attempt.challenges === undefined ? {} : challengesShape.parse(JSON.parse(attempt.challenges));
}

/** The challenge under way, or a new one; a page loaded twice, at the same moment too, asks the same and sends once. */
export async function ask(
  attempts: Attempts,
  attempt: Attempt,
  key: string,
  begin: () => Promise<Asking>,
): Promise<FactorState> {
  const current = readChallenges(attempt)[key];
  return current ?? keep(attempts, attempt, key, undefined, await begin());
}

/** Asks anew in place of `known`, unless another request did already. */
export async function askAgain(
  attempts: Attempts,
  attempt: Attempt,
  key: string,
  known: FactorState,
  asking: Asking,
): Promise<FactorState> {
  return keep(attempts, attempt, key, known, asking);
}

async function keep(
  attempts: Attempts,
  attempt: Attempt,
  key: string,
  known: FactorState | undefined,
  { state, outbox = [], deliver }: Asking,
): Promise<FactorState> {
  let isMine = false;
  const kept = await attempts.change(attempt.id, (now) => {
    isMine = now.userId === attempt.userId && isSame(readChallenges(now)[key], known);
    return isMine ? withChallenge({ ...now, outbox: [...(now.outbox ?? []), ...outbox] }, key, state) : now;
  });
  if (!kept.ok || !isMine) return (kept.ok ? readChallenges(kept.doc)[key] : undefined) ?? state;
  const delivered = await deliver?.();
  if (delivered === undefined) return state;
  await attempts.change(attempt.id, (now) =>
    isSame(readChallenges(now)[key], state) ? withChallenge(now, key, delivered) : undefined,
  );
  return delivered;
}

const isSame = (one: FactorState | undefined, other: FactorState | undefined) =>
  JSON.stringify(one) === JSON.stringify(other);

function withChallenge(attempt: Attempt, key: string, state: FactorState): Attempt {
  return { ...attempt, challenges: JSON.stringify({ ...readChallenges(attempt), [key]: state }) };
}

/** Takes the challenge that `attempt` knows out of it: of any number of racers one gets it, and nobody a second time. */
export async function takeChallenge(attempts: Attempts, attempt: Attempt, key: string): Promise<boolean> {
  const known = readChallenges(attempt)[key];
  if (known === undefined) return false;
  let isMine = false;
  const taken = await attempts.change(attempt.id, (now) => {
    isMine = isSame(readChallenges(now)[key], known);
    return isMine ? withoutChallenge(now, key) : undefined;
  });
  return taken.ok && isMine;
}

export function withoutChallenge(attempt: Attempt, key: string): Attempt {
  const { [key]: gone, ...others } = readChallenges(attempt);
  return gone === undefined ? attempt : { ...attempt, challenges: JSON.stringify(others) };
}
