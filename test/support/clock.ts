import type { Clock } from '../../src/kernel/index.ts';

/** A clock that tests set. */
export interface SettableClock extends Clock {
  set(to: Date | string): void;
  /** `ms`: milliseconds, may be negative. */
  advance(ms: number): void;
}

export function aClock(start: Date | string = '2026-03-02T09:00:00Z'): SettableClock {
  let now = new Date(start).getTime();
  return {
    now: () => new Date(now),
    set: (to) => {
      now = new Date(to).getTime();
    },
    advance: (ms) => {
      now += ms;
    },
  };
}
