/** A share of the processors' time: work may begin while there is some left, and is charged for what it took. */
export interface Pace {
  readonly isOpen: boolean;
  /** Milliseconds until it is open again, unless more is charged. */
  readonly opensInMs: number;
  charge(tookMs: number): void;
}

/**
 * `share`: processors that may be kept busy in the long run (0.5: half of one). `savedMs`: what may be taken at once after
 * a quiet time, and what may be owed at most. `now`: milliseconds that only grow. What is charged is time that passed, so that on a machine with more
 * to do than processors work that is paced takes less of it.
 */
export function createPace({ share, savedMs, now }: { share: number; savedMs: number; now: () => number }): Pace {
  let left = savedMs;
  let at = now();

  const leftNow = () => {
    const passed = now() - at;
    at += passed;
    left = Math.min(savedMs, left + passed * share);
    return left;
  };

  return {
    get isOpen() {
      return leftNow() > 0;
    },
    get opensInMs() {
      const owed = -leftNow();
      return owed < 0 ? 0 : Math.floor(owed / share) + 1;
    },
    charge(tookMs) {
      left = Math.max(-savedMs, leftNow() - tookMs);
    },
  };
}
