/** From when sessions count again after a change at `at`: what began in its very millisecond did not know of it. */
export function justAfter(at: Date): Date {
  return new Date(at.getTime() + 1);
}
