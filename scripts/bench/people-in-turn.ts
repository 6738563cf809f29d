/** People who sign in one after another; each code works once in its 30 s. Times are milliseconds since 1970. */
export interface PeopleInTurn {
  /** Who signs in now. Throws where everybody's code is used up. */
  next(): number;
  /** How long until nearly everybody has a new code; 0 while fewer than this share have used theirs. */
  restMs(share: number): number;
}

const stepMs = 30_000;
/** A sign-in that is begun now may give the code of so much later. */
const longestSignInMs = 5_000;
/** Visits everybody, far apart on the disk. */
const primeStep = 7_919;

/** How long until everybody has a new code, whoever signed in until `now`. */
export function newCodesMs(now: number): number {
  const done = now + longestSignInMs;
  return Math.ceil(done / stepMs) * stepMs - now;
}

export function createPeopleInTurn(count: number, now: () => number = Date.now): PeopleInTurn {
  /** The last step in which the code of each may have been used. */
  const usedIn = new Map<number, number>();
  const stepAt = (ms: number) => Math.floor(ms / stepMs);
  let last = -1;

  return {
    next() {
      last = (last + primeStep) % count;
      const used = usedIn.get(last);
      if (used !== undefined && used >= stepAt(now())) {
        throw new Error(`sign-in: ${count} people are too few at this speed; their codes are used up`);
      }
      usedIn.set(last, stepAt(now() + longestSignInMs));
      return last;
    },
    restMs(share) {
      const at = now();
      let used = 0;
      for (const step of usedIn.values()) if (step >= stepAt(at)) used += 1;
      return used < share * count ? 0 : (stepAt(at) + 1) * stepMs - at;
    },
  };
}
