import { GatehouseError } from '../kernel/index.ts';

const malformed = 'that is no mark of this list: give the one that ended the page before';

/** A place in an index as engines keep it: the values of the fields after `equals`, then the document's id. */
export type Place = readonly (string | number | boolean | null)[];

/** Infinity (how one engine keeps null in keys) is not JSON; null stands for it. */
export function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** `length`: how many values such a place has. Throws `bad_request` on anything `cursorOf` did not make. */
export function placeOf(cursor: string, length: number): Place {
  let place: unknown;
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new GatehouseError('bad_request', malformed, { cause });
  }
  // Only plain values go on into a query, whatever a stranger put into the address.
  const isPlace =
    Array.isArray(place) &&
    place.length === length &&
    place.every((value) => value === null || typeof value !== 'object');
  if (!isPlace || typeof (place as Place).at(-1) !== 'string') throw new GatehouseError('bad_request', malformed);
  return place as Place;
}
