import type { QueueTimer } from '../../src/people/fair-queue.ts';

/** Time that a test lets pass. */
export interface TimerForTests extends QueueTimer {
  pass(ms: number): void;
}

export function aTimer(): TimerForTests {
  let now = 0;
  let due: { readonly at: number; readonly act: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, act) => void due.push({ at: now + ms, act }),
    pass(ms) {
      now += ms;
      const ripe = due.filter(({ at }) => at <= now);
      due = due.filter(({ at }) => at > now);
      for (const { act } of ripe) act();
    },
  };
}
