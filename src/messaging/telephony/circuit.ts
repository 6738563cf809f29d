import type { Clock } from '../../kernel/index.ts';

const failuresToOpen = 5;
const openMs = 30_000;

/**
 * After five failures in a row nothing is tried for half a minute: nobody waits for a provider that is away. Then one
 * try decides. Each process finds out by itself.
 */
export interface Circuit {
  /** Takes the place of a try; `done` must be told its end, and only what it is told first counts. Undefined: do not try. */
  enter(): { done(isFailure: boolean): void } | undefined;
}

export function createCircuit(clock: Clock): Circuit {
  let failures = 0;
  let openUntil = 0;
  let isTrying = false;

  return {
    enter() {
      const isHalfOpen = failures >= failuresToOpen;
      if (isHalfOpen && (isTrying || clock.now().getTime() < openUntil)) return undefined;
      isTrying = isHalfOpen;
      let isDone = false;
      return {
        done(isFailure) {
          if (isDone) return;
          isDone = true;
          if (isHalfOpen) isTrying = false;
          failures = isFailure ? failures + 1 : 0;
          if (failures >= failuresToOpen) openUntil = clock.now().getTime() + openMs;
        },
      };
    },
  };
}
