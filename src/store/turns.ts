/**
 * Lets this process's own changes of one document follow each other, so that they do not run into each other's
 * revisions: fifty racers cost fifty writes, not a thousand. Between processes the revision decides.
 */
export function createTurns(): <R>(id: string, act: () => Promise<R>) => Promise<R> {
  const last = new Map<string, Promise<unknown>>();
  return async (id, act) => {
    const before = last.get(id);
    const mine = before === undefined ? act() : before.then(act, act);
    last.set(id, mine);
    try {
      return await mine;
    } finally {
      if (last.get(id) === mine) last.delete(id);
    }
  };
}
