interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

export interface FairQueue {
  /** Runs `work` when it is this key's turn; `busy` when there was no place for it. */
  run<R>(key: string, work: () => Promise<R>): Promise<R | 'busy'>;
  readonly running: number;
  readonly waiting: number;
}

/**
 * At most `maxParallel` at once and `maxWaiting` in line. Keys take turns, each in its own order, so that one source
 * with a thousand requests delays another's by one turn. When the line is full the longest of them gives up its newest.
 */
export function createFairQueue({ maxParallel, maxWaiting }: { maxParallel: number; maxWaiting: number }): FairQueue {
  // In turn order: a key that was served goes to the end.
  const lines = new Map<string, Waiting[]>();
  let running = 0;
  let waiting = 0;

  const longest = () => {
    let found: [string, Waiting[]] | undefined;
    for (const entry of lines) if (found === undefined || entry[1].length > found[1].length) found = entry;
    return found;
  };

  /** False when the newcomer's own line is (or would be) the longest. */
  const makeRoom = (key: string): boolean => {
    if (waiting < maxWaiting) return true;
    const crowd = longest();
    if (crowd === undefined || crowd[1].length <= (lines.get(key)?.length ?? 0) + 1) return false;
    crowd[1].pop()?.refuse();
    waiting -= 1;
    return true;
  };

  const startNext = () => {
    const next = lines.entries().next().value;
    if (next === undefined) return;
    const [key, line] = next;
    lines.delete(key);
    const first = line.shift();
    if (line.length > 0) lines.set(key, line);
    waiting -= 1;
    first?.start();
  };

  const perform = async <R>(work: () => Promise<R>): Promise<R> => {
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      startNext();
    }
  };

  return {
    async run(key, work) {
      if (running < maxParallel && waiting === 0) return perform(work);
      if (!makeRoom(key)) return 'busy';
      const { promise, resolve } = Promise.withResolvers<'go' | 'busy'>();
      // A started one counts as running from the moment it is chosen, or two could be chosen for one place.
      const start = () => {
        running += 1;
        resolve('go');
      };
      const line = lines.get(key) ?? [];
      line.push({ start, refuse: () => resolve('busy') });
      lines.set(key, line);
      waiting += 1;
      if ((await promise) === 'busy') return 'busy';
      running -= 1;
      return perform(work);
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
  };
}
