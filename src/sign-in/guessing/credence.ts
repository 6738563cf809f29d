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
/** What one range gains by right ones; it loses two for a wrong one. */
const mostRight = 50;
const rangesAtMost = 50_000;

interface Record {
  readonly right: number;
  /** Since the last right one. */
  readonly turnedAway: number;
}

const unknown: Record = { right: 0, turnedAway: 0 };

export function createCredence(): Credence {
  // By range, the one heard of last at the end.
  const records = new Map<string, Record>();
  const failedOften = createFailedOften();

  const change = (range: string, to: (record: Record) => Record) => {
    const record = to(records.get(range) ?? unknown);
    records.delete(range);
    records.set(range, record);
    if (records.size <= rangesAtMost) return;
    const [oldest] = records.keys();
    if (oldest !== undefined) records.delete(oldest);
  };

  return {
    trust({ range, wrongFromRange, isKnownBrowser, wasWrong, password }) {
      const { right, turnedAway } = records.get(range) ?? unknown;
      if (isKnownBrowser || right > 2 * wrongFromRange) return 'known';
      if (wasWrong || wrongFromRange > Math.max(fewWrong, right) || turnedAway > fewTurnedAway) return 'suspect';
      return failedOften.has(password) ? 'suspect' : 'ordinary';
    },
    learn({ range, password }, outcome) {
      if (outcome === 'wrong') failedOften.add(password);
      else if (outcome === 'right')
        change(range, ({ right }) => ({ right: Math.min(mostRight, right + 1), turnedAway: 0 }));
      else change(range, (record) => ({ ...record, turnedAway: record.turnedAway + 1 }));
    },
  };
}
