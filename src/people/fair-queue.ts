/** Of whoever waits: `known`, this person signed in here before; `suspect`, much that was wrong came from there. */
export type Trust = 'known' | 'ordinary' | 'suspect';

interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

export interface FairQueue {
  /** Runs `work` when it is this key's turn; `busy` when there was no place for it. */
  run<R>(key: string, work: () => Promise<R>, trust?: Trust): Promise<R | 'busy'>;
  readonly running: number;
  readonly waiting: number;
}

/**
 * At most `maxParallel` at once and `maxWaiting` in line. Whom is trusted more goes first, and of several places the
 * suspect never have the last, so that a flood from many addresses does not keep the others waiting. Keys of one trust
 * take turns, each in its own order, so that one source with a thousand requests delays another's by one turn. When the
 * line is full the longest of the least trusted gives up its newest.
 */
export function createFairQueue({ maxParallel, maxWaiting }: { maxParallel: number; maxWaiting: number }): FairQueue {
  // In turn order: a key that was served goes to the end.
  const lines: Readonly<Record<Trust, Map<string, Waiting[]>>> = {
    known: new Map(),
    ordinary: new Map(),
    suspect: new Map(),
  };
  const byTrust = Object.keys(lines) as Trust[];
  const maxSuspect = Math.max(1, maxParallel - 1);
  let [running, suspectRunning, waiting] = [0, 0, 0];

  const mayStart = (trust: Trust) => running < maxParallel && (trust !== 'suspect' || suspectRunning < maxSuspect);

  const longestOf = (trust: Trust) => {
    let found: Waiting[] | undefined;
    for (const line of lines[trust].values()) if (found === undefined || line.length > found.length) found = line;
    return found;
  };

  /** False when the newcomer is the one to give up: less trusted than all others, or of the longest line. */
  const makeRoom = (key: string, trust: Trust): boolean => {
    if (waiting < maxWaiting) return true;
    const least = byTrust.findLast((each) => lines[each].size > 0);
    if (least === undefined || byTrust.indexOf(least) < byTrust.indexOf(trust)) return false;
    const crowd = longestOf(least);
    const own = least === trust ? (lines[trust].get(key)?.length ?? 0) + 1 : 0;
    if (crowd === undefined || crowd.length <= own) return false;
    crowd.pop()?.refuse();
    if (crowd.length === 0) for (const [each, line] of lines[least]) if (line === crowd) lines[least].delete(each);
    waiting -= 1;
    return true;
  };

  const startNext = () => {
    const trust = byTrust.find((each) => lines[each].size > 0 && mayStart(each));
    const next = trust === undefined ? undefined : lines[trust].entries().next().value;
    if (trust === undefined || next === undefined) return;
    const [key, line] = next;
    lines[trust].delete(key);
    const first = line.shift();
    if (line.length > 0) lines[trust].set(key, line);
    waiting -= 1;
    first?.start();
  };

  /** A started one counts as running from the moment it is chosen, or two could be chosen for one place. */
  const begin = (trust: Trust) => {
    running += 1;
    if (trust === 'suspect') suspectRunning += 1;
  };

  const perform = async <R>(work: () => Promise<R>, trust: Trust): Promise<R> => {
    try {
      return await work();
    } finally {
      running -= 1;
      if (trust === 'suspect') suspectRunning -= 1;
      startNext();
    }
  };

  return {
    async run(key, work, trust = 'ordinary') {
      if (mayStart(trust) && lines[trust].size === 0) {
        begin(trust);
        return perform(work, trust);
      }
      if (!makeRoom(key, trust)) return 'busy';
      const { promise, resolve } = Promise.withResolvers<'go' | 'busy'>();
      const start = () => {
        begin(trust);
        resolve('go');
      };
      const line = lines[trust].get(key) ?? [];
      line.push({ start, refuse: () => resolve('busy') });
      lines[trust].set(key, line);
      waiting += 1;
      return (await promise) === 'busy' ? 'busy' : perform(work, trust);
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
  };
}
