/** A worker that lived shorter died of something that will kill the next one too. Milliseconds. */
export const quickDeathMs = 60_000;

const firstMs = 1_000;
const longestMs = 30_000;

/**
 * Milliseconds until a dead worker is replaced: at once after a long life; after 1, 2, 4 … s, at most 30, when
 * `quickDeaths` of them in a row lived shorter than `quickDeathMs`. Never a tight loop.
 */
export function restartDelayMs(quickDeaths: number): number {
  return quickDeaths === 0 ? 0 : Math.min(longestMs, firstMs * 2 ** Math.min(quickDeaths - 1, 10));
}
