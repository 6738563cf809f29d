/**
 * Whether a turn that somebody took for `ttlMs` still lasts. Not when more than twice that is left of it: then it is of
 * before the clock was set back, and whoever took it may be dead. Clocks of nodes may differ by less than `ttlMs`.
 */
export function turnLasts(until: Date, now: Date, ttlMs: number): boolean {
  const leftMs = until.getTime() - now.getTime();
  return leftMs > 0 && leftMs <= 2 * ttlMs;
}
