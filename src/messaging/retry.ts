/** When to try again: 10 s after the first failure, twice as long each time, 15 min at most, each a fifth sooner or later. */
const firstS = 10;
const longestS = 15 * 60;
const jitter = 0.2;

/** `failures`: how many there were, 1 or more. `random`: 0 to 1. In milliseconds. */
export function retryAfterMs(failures: number, random: number): number {
  const plainS = Math.min(longestS, firstS * 2 ** Math.min(failures - 1, 20));
  return Math.round(plainS * 1000 * (1 - jitter + 2 * jitter * random));
}

/** How long nobody is tried after the server could not be reached so often in a row. In milliseconds. */
export function quietMs(timesAway: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(timesAway - 1, 10));
}
