/**
 * Counting guesses: pure. A guess first takes a place (`reserve`), then is judged, then the place is settled. There are
 * never more places than guesses left until the next wait, hold or limit, so counts are exact however many guesses
 * arrive together. Time lifts a hold, never a count. Figures: the table "Guessing" of the design.
 */

/** A guess that is being judged. */
export interface Place {
  readonly id: string;
  readonly at: Date;
  /** Which sign-in it belongs to. */
  readonly signIn: string;
}

/** A time during which nothing is judged. Both ends are kept, so that a clock set back can be noticed. */
export interface Hold {
  readonly kind: 'wait' | 'hold';
  readonly from: Date;
  readonly until: Date;
}

export interface Tally {
  /** Wrong guesses in a row. */
  readonly wrong: number;
  readonly pending: readonly Place[];
  readonly hold?: Hold | undefined;
  readonly lockedAt?: Date | undefined;
  /** Wrong guesses by sign-in, oldest first. */
  readonly signIns: readonly { readonly id: string; readonly wrong: number }[];
}

export interface GuessRules {
  /** From this many wrong in a row on every wrong one is followed by a wait: 1 s, doubled each time. */
  readonly waitFrom?: number;
  readonly longestWaitS: number;
  /** At this many a first hold, at each further `holdEvery` a longer one. */
  readonly holdFrom: number;
  readonly holdEvery: number;
  readonly firstHoldS: number;
  readonly laterHoldS: number;
  /** At this many: locked until somebody unlocks. */
  readonly lockAt?: number;
  /** This many in one sign-in end it. */
  readonly perSignIn?: number;
}

export const passwordGuesses: GuessRules = {
  waitFrom: 5,
  longestWaitS: 64,
  holdFrom: 20,
  holdEvery: 10,
  firstHoldS: 15 * 60,
  laterHoldS: 60 * 60,
};

/** NIST SP 800-63B-4 §3.2.2: no more than 100 in a row. */
export const secondFactorGuesses: GuessRules = {
  longestWaitS: 0,
  holdFrom: 10,
  holdEvery: 10,
  firstHoldS: 15 * 60,
  laterHoldS: 60 * 60,
  lockAt: 100,
  perSignIn: 5,
};

/** A place not settled by then belonged to a process that died, and counts as wrong. */
export const placeLifetimeS = 30;

/** Sign-ins whose wrong guesses are remembered; holds let far fewer be wrong within the life of one. */
const signInsKept = 32;

export const emptyTally: Tally = { wrong: 0, pending: [], signIns: [] };

export type Consequence = 'held' | 'locked';

export type Reserved = {
  /** To be stored also when refused: stale places were counted, or a clock set back was noticed. */
  readonly tally: Tally;
  /** What counting stale places led to, in order. */
  readonly consequences: readonly Consequence[];
} & (
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'held'; readonly hold: Hold }
  | { readonly ok: false; readonly why: 'busy' | 'locked' | 'ended' }
);

/** `isExempt`: holds and places do not apply, the lock does. `alreadyWrong`: in this sign-in, as the sign-in itself knows. */
export function reserve(
  before: Tally,
  rules: GuessRules,
  place: Place,
  options: { readonly isExempt?: boolean; readonly alreadyWrong?: number } = {},
): Reserved {
  const now = place.at;
  const { tally, consequences } = settleStale(reanchor(before, now), rules, now);
  const refuse = (why: 'busy' | 'locked' | 'ended') => ({ ok: false, why, tally, consequences }) as const;
  if (tally.lockedAt !== undefined) return refuse('locked');
  if (options.isExempt !== true) {
    if (tally.hold !== undefined && now < tally.hold.until) {
      return { ok: false, why: 'held', hold: tally.hold, tally, consequences };
    }
    if (tally.pending.length >= guessesLeft(tally.wrong, rules)) return refuse('busy');
  }
  if (rules.perSignIn !== undefined) {
    const wrongHere = Math.max(wrongIn(tally, place.signIn), options.alreadyWrong ?? 0);
    if (wrongHere >= rules.perSignIn) return refuse('ended');
    const pendingHere = tally.pending.filter((other) => other.signIn === place.signIn).length;
    if (pendingHere >= rules.perSignIn - wrongHere) return refuse('busy');
  }
  const hold = tally.hold !== undefined && now < tally.hold.until ? tally.hold : undefined;
  return { ok: true, tally: { ...tally, hold, pending: [...tally.pending, place] }, consequences };
}

export interface Settled {
  readonly tally: Tally;
  readonly consequence: Consequence | undefined;
  /** In this sign-in, this one included. */
  readonly wrongHere: number;
  /** A right guess counts for nothing once the limit was reached meanwhile. */
  readonly stands: boolean;
}

/** `void`: it was no guess (malformed, expired, nothing was judged): the place is given back. */
export function settle(
  before: Tally,
  rules: GuessRules,
  place: Place,
  outcome: 'right' | 'wrong' | 'void',
  now: Date,
): Settled {
  const isHeldPlace = before.pending.some((other) => other.id === place.id);
  const tally: Tally = { ...before, pending: before.pending.filter((other) => other.id !== place.id) };
  const stands = before.lockedAt === undefined;
  if (outcome === 'right' && stands) {
    const signIns = tally.signIns.filter((other) => other.id !== place.signIn);
    return { tally: { ...tally, wrong: 0, hold: undefined, signIns }, consequence: undefined, wrongHere: 0, stands };
  }
  // A place that is gone was counted as wrong already.
  if (outcome === 'wrong' && isHeldPlace) {
    const counted = countWrong(tally, rules, place.signIn, now);
    return { ...counted, wrongHere: wrongIn(counted.tally, place.signIn), stands: true };
  }
  return { tally, consequence: undefined, wrongHere: wrongIn(tally, place.signIn), stands };
}

/** Guesses until something happens: at least one, so that after a wait or hold one at a time is judged. */
export function guessesLeft(wrong: number, rules: GuessRules): number {
  const limits = [nextHold(wrong, rules)];
  if (rules.lockAt !== undefined) limits.push(rules.lockAt);
  if (rules.waitFrom !== undefined) limits.push(Math.max(rules.waitFrom, wrong + 1));
  return Math.max(1, Math.min(...limits) - wrong);
}

function nextHold(wrong: number, rules: GuessRules): number {
  if (wrong < rules.holdFrom) return rules.holdFrom;
  return wrong + rules.holdEvery - ((wrong - rules.holdFrom) % rules.holdEvery);
}

function wrongIn(tally: Tally, signIn: string): number {
  return tally.signIns.find((other) => other.id === signIn)?.wrong ?? 0;
}

function countWrong(
  before: Tally,
  rules: GuessRules,
  signIn: string,
  now: Date,
): { tally: Tally; consequence: Consequence | undefined } {
  const wrong = before.wrong + 1;
  const signIns = [
    ...before.signIns.filter((other) => other.id !== signIn),
    { id: signIn, wrong: wrongIn(before, signIn) + 1 },
  ].slice(-signInsKept);
  const tally: Tally = { ...before, wrong, signIns };
  if (rules.lockAt !== undefined && wrong >= rules.lockAt) {
    return {
      tally: { ...tally, hold: undefined, lockedAt: before.lockedAt ?? now },
      consequence: before.lockedAt ? undefined : 'locked',
    };
  }
  const lengthS = holdLengthS(wrong, rules);
  if (lengthS !== undefined) return { tally: { ...tally, hold: holdOf('hold', now, lengthS) }, consequence: 'held' };
  const waitS = waitLengthS(wrong, rules);
  // An exempt guess may be wrong during a hold, which goes on.
  if (before.hold !== undefined || waitS === undefined) return { tally, consequence: undefined };
  return { tally: { ...tally, hold: holdOf('wait', now, waitS) }, consequence: undefined };
}

function holdLengthS(wrong: number, rules: GuessRules): number | undefined {
  if (wrong === rules.holdFrom) return rules.firstHoldS;
  return wrong > rules.holdFrom && (wrong - rules.holdFrom) % rules.holdEvery === 0 ? rules.laterHoldS : undefined;
}

function waitLengthS(wrong: number, rules: GuessRules): number | undefined {
  if (rules.waitFrom === undefined || wrong < rules.waitFrom) return undefined;
  return Math.min(2 ** (wrong - rules.waitFrom), rules.longestWaitS);
}

function holdOf(kind: Hold['kind'], from: Date, lengthS: number): Hold {
  return { kind, from, until: new Date(from.getTime() + lengthS * 1000) };
}

function settleStale(
  before: Tally,
  rules: GuessRules,
  now: Date,
): { tally: Tally; consequences: readonly Consequence[] } {
  const staleBefore = now.getTime() - placeLifetimeS * 1000;
  const isStale = (place: Place) => place.at.getTime() < staleBefore;
  const consequences: Consequence[] = [];
  let tally = before;
  for (const place of before.pending.filter(isStale)) {
    const counted = countWrong(
      { ...tally, pending: tally.pending.filter((other) => other.id !== place.id) },
      rules,
      place.signIn,
      now,
    );
    tally = counted.tally;
    if (counted.consequence !== undefined) consequences.push(counted.consequence);
  }
  return { tally, consequences };
}

/** A clock set back: what lies in its future begins now, with its own length, so that it is neither lifted nor drawn out. */
function reanchor(tally: Tally, now: Date): Tally {
  const hold = tally.hold;
  const isHoldAhead = hold !== undefined && hold.from > now;
  const isPlaceAhead = tally.pending.some((place) => place.at > now);
  if (!isHoldAhead && !isPlaceAhead) return tally;
  return {
    ...tally,
    ...(isHoldAhead ? { hold: holdOf(hold.kind, now, (hold.until.getTime() - hold.from.getTime()) / 1000) } : {}),
    pending: tally.pending.map((place) => (place.at > now ? { ...place, at: now } : place)),
  };
}
