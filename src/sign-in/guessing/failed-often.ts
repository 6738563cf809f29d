import { createHmac, randomBytes } from 'node:crypto';

/** Wrong so many times, a password is one that is tried on many. */
const often = 5;
/** Powers of two; a password has a place in each row, and is as frequent as the lower of its two counts says. */
const places = 2 ** 15;
const rows = 2;
/** After so many the counts are halved, so that they are of late. */
const remembered = 4_096;

/** Which passwords were wrong again and again, whoever's they were meant to be. */
export interface FailedOften {
  has(password: string): boolean;
  add(password: string): void;
}

/**
 * Counts under a key that this process alone has and forgets, in too few places to tell one password from another: what
 * is kept finds no password. Who guesses tries few passwords on many people (the count: Schechter, Herley, Mitzenmacher,
 * "Popularity is everything", HotSec 2010).
 */
export function createFailedOften(): FailedOften {
  const key = randomBytes(32);
  const counts = Array.from({ length: rows }, () => new Uint16Array(places));
  let added = 0;

  function* placesOf(password: string): Generator<readonly [row: Uint16Array, place: number]> {
    const mac = createHmac('sha256', key).update(password, 'utf8').digest();
    for (const [at, row] of counts.entries()) yield [row, mac.readUInt16LE(2 * at) % places];
  }

  return {
    has(password) {
      for (const [row, place] of placesOf(password)) if ((row[place] ?? 0) < often) return false;
      return true;
    },
    add(password) {
      for (const [row, place] of placesOf(password)) row[place] = (row[place] ?? 0) + 1;
      added += 1;
      if (added < remembered) return;
      added = 0;
      for (const row of counts) for (const [place, count] of row.entries()) if (count > 0) row[place] = count >> 1;
    },
  };
}
