import type { Trust } from '../../people/index.ts';
import { createFailedOften } from './failed-often.ts';

/** What is known of a password before it is judged; nothing of it depends on whether anybody has the name typed. */
export interface Evidence {
  /** The client's address range. */
  readonly range: string;
  /** From there, within the hour. */
  readonly wrongFromRange: number;
  /** This person signed in with this browser before. */
  readonly isKnownBrowser: boolean;
  /** In this sign-in. */
  readonly wasWrong: boolean;
  readonly password: string;
}

/**
 * Whether a password looks like its owner's or like a guess, from what became of others: who is to be served first when
 * not everybody can be. Never decides whether a password is right, and is asked for nothing else. Kept in this process,
 * and lost with it: then everybody begins as `ordinary`.
 */
export interface Credence {
  trust(evidence: Evidence): Trust;
  learn(evidence: Pick<Evidence, 'range' | 'password'>, outcome: 'right' | 'wrong' | 'turned away'): void;
}

/** From where more was wrong within the hour than this and than was right, guesses come. */
const fewWrong = 1;
/** Whoever was turned away comes back; from where it was more often than this, others who come first have precedence. */
const fewTurnedAway = 1;
/** Where counts stop: so much a network gains by right ones at most, each of which makes up for half a wrong one. */
const countAtMost = 50;
const rangesAtMost = 50_000;

export function createCredence(): Credence {
  // Apart, so that a flood from many networks does not push out those from which people sign in.
  const rights = new Map<string, number>();
  /** Since the last right one. */
  const turnedAway = new Map<string, number>();
  const failedOften = createFailedOften();

  return {
    trust({ range, wrongFromRange, isKnownBrowser, wasWrong, password }) {
      const right = rights.get(range) ?? 0;
      if (isKnownBrowser || right > 2 * wrongFromRange) return 'known';
      if (wasWrong || wrongFromRange > Math.max(fewWrong, right)) return 'suspect';
      if ((turnedAway.get(range) ?? 0) > fewTurnedAway) return 'suspect';
      return failedOften.has(password) ? 'suspect' : 'ordinary';
    },
    learn({ range, password }, outcome) {
      if (outcome === 'wrong') return failedOften.add(password);
      if (outcome === 'turned away') return countIn(turnedAway, range);
      countIn(rights, range);
      turnedAway.delete(range);
    },
  };
}

/** The one counted last stands at the end, and the first gives up its place. */
function countIn(counts: Map<string, number>, range: string): void {
  const count = Math.min(countAtMost, (counts.get(range) ?? 0) + 1);
  counts.delete(range);
  counts.set(range, count);
  if (counts.size <= rangesAtMost) return;
  const [oldest] = counts.keys();
  if (oldest !== undefined) counts.delete(oldest);
}
