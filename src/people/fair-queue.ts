import type { Pace } from './pace.ts';

/** Of whoever waits: `known`, somebody signed in from there before; `suspect`, it looks like a guess. Most trusted first. */
export const trusts = ['known', 'ordinary', 'suspect'] as const;
export type Trust = (typeof trusts)[number];

interface Waiting {
  readonly since: number;
  readonly start: () => void;
  readonly refuse: () => void;
}

export interface FairQueue {
  /** Runs `work` when it is this key's turn; `busy` when there was no place for it, or it waited too long. */
  run<R>(key: string, work: () => Promise<R>, trust?: Trust): Promise<R | 'busy'>;
  /** Whether `run` would find a place now. */
  hasRoom(key: string, trust: Trust): boolean;
  readonly running: number;
  readonly waiting: number;
}

/** What those who are held back may take, so that a flood leaves the others the machine. */
export interface HeldBack {
  readonly is: (trust: Trust) => boolean;
  readonly pace: Pace;
  readonly maxParallel: number;
  readonly maxWaiting: number;
  /** Longer than this nobody of them waits: whoever asked has gone, or asks again. */
  readonly maxWaitMs: number;
}

export interface QueueTimer {
  /** Milliseconds that only grow. */
  now(): number;
  after(ms: number, act: () => void): void;
}

export interface FairQueueOptions {
  readonly maxParallel: number;
  readonly maxWaiting: number;
  readonly heldBack: HeldBack;
  readonly timer: QueueTimer;
}

/**
 * At most `maxParallel` at once and `maxWaiting` in line. Whom is trusted more goes first; those held back wait for their
 * pace, in a short line of their own. Keys of one trust take turns, each in its own order, so that one source with a
 * thousand requests delays another's by one turn. When a line is full the longest of the least trusted gives up its newest.
 */
export function createFairQueue({ maxParallel, maxWaiting, heldBack, timer }: FairQueueOptions): FairQueue {
  // In turn order: a key that was served goes to the end.
  const lines: Readonly<Record<Trust, Map<string, Waiting[]>>> = {
    known: new Map(),
    ordinary: new Map(),
    suspect: new Map(),
  };
  const waitingOf: Record<Trust, number> = { known: 0, ordinary: 0, suspect: 0 };
  let [running, heldRunning] = [0, 0];
  let isWaitingForPace = false;

  const waitingOfThese = (these: readonly Trust[]) => these.reduce((sum, trust) => sum + waitingOf[trust], 0);
  const held = () => trusts.filter((trust) => heldBack.is(trust));

  const mayStart = (trust: Trust) => {
    if (running >= maxParallel) return false;
    return !heldBack.is(trust) || (heldRunning < heldBack.maxParallel && heldBack.pace.isOpen);
  };

  /** It may start, and nobody waits who is trusted as much. */
  const isNext = (trust: Trust) =>
    mayStart(trust) && trusts.slice(0, trusts.indexOf(trust) + 1).every((each) => waitingOf[each] === 0);

  const drop = (trust: Trust, key: string, line: Waiting[]) => {
    waitingOf[trust] -= 1;
    if (line.length === 0) lines[trust].delete(key);
  };

  /** The longest line of the least trusted who wait. */
  const longestOfLeast = (among: readonly Trust[]) => {
    const trust = among.findLast((each) => lines[each].size > 0);
    if (trust === undefined) return undefined;
    let longest: { readonly trust: Trust; readonly key: string; readonly line: Waiting[] } | undefined;
    for (const [key, line] of lines[trust]) {
      // Of several the one that came last.
      if (longest === undefined || line.length >= longest.line.length) longest = { trust, key, line };
    }
    return longest;
  };

  /** Who gives up for a newcomer; undefined: the newcomer, where all others are trusted more or its own line is longest. */
  const whoGivesUp = (among: readonly Trust[], key: string, trust: Trust) => {
    const longest = longestOfLeast(among);
    if (longest === undefined || trusts.indexOf(longest.trust) < trusts.indexOf(trust)) return undefined;
    const own = longest.trust === trust ? (lines[trust].get(key)?.length ?? 0) + 1 : 0;
    return longest.line.length <= own ? undefined : longest;
  };

  /** Whose line is full for this one, if any is. */
  const crowd = (trust: Trust): readonly Trust[] | undefined => {
    const those = heldBack.is(trust) ? held() : [];
    if (those.length > 0 && waitingOfThese(those) >= heldBack.maxWaiting) return those;
    return waitingOfThese(trusts) >= maxWaiting ? trusts : undefined;
  };

  const refuseNewest = ({ trust, key, line }: { trust: Trust; key: string; line: Waiting[] }) => {
    line.pop()?.refuse();
    drop(trust, key, line);
  };

  const makeRoom = (key: string, trust: Trust): boolean => {
    const full = crowd(trust);
    if (full === undefined) return true;
    const loser = whoGivesUp(full, key, trust);
    if (loser === undefined) return false;
    refuseNewest(loser);
    return true;
  };

  /** Whoever waited before their trust was held back has the short line now; and nobody held back waits too long. */
  const refuseBeyond = () => {
    const those = held();
    while (waitingOfThese(those) > heldBack.maxWaiting) {
      const longest = longestOfLeast(those);
      if (longest === undefined) break;
      refuseNewest(longest);
    }
    const begun = timer.now() - heldBack.maxWaitMs;
    for (const trust of those) {
      for (const [key, line] of lines[trust]) {
        while (line[0] !== undefined && line[0].since < begun) {
          line.shift()?.refuse();
          drop(trust, key, line);
        }
      }
    }
  };

  const startNext = () => {
    refuseBeyond();
    for (;;) {
      const trust = trusts.find((each) => lines[each].size > 0 && mayStart(each));
      const next = trust === undefined ? undefined : lines[trust].entries().next().value;
      if (trust === undefined || next === undefined) break;
      const [key, line] = next;
      lines[trust].delete(key);
      const first = line.shift();
      if (line.length > 0) lines[trust].set(key, line);
      waitingOf[trust] -= 1;
      first?.start();
    }
    waitForPace();
  };

  const waitForPace = () => {
    if (isWaitingForPace || heldBack.pace.isOpen || waitingOfThese(held()) === 0) return;
    isWaitingForPace = true;
    timer.after(Math.min(heldBack.pace.opensInMs, heldBack.maxWaitMs), () => {
      isWaitingForPace = false;
      startNext();
    });
  };

  /** A started one counts as running from the moment it is chosen, or two could be chosen for one place. */
  const begin = (trust: Trust): boolean => {
    const isHeld = heldBack.is(trust);
    running += 1;
    if (isHeld) heldRunning += 1;
    return isHeld;
  };

  const perform = async <R>(work: () => Promise<R>, isHeld: boolean): Promise<R> => {
    const begunAt = timer.now();
    try {
      return await work();
    } finally {
      running -= 1;
      if (isHeld) {
        heldRunning -= 1;
        heldBack.pace.charge(timer.now() - begunAt);
      }
      startNext();
    }
  };

  return {
    async run(key, work, trust = 'ordinary') {
      if (isNext(trust)) return perform(work, begin(trust));
      if (!makeRoom(key, trust)) return 'busy';
      const { promise, resolve } = Promise.withResolvers<{ readonly isHeld: boolean } | 'busy'>();
      const start = () => resolve({ isHeld: begin(trust) });
      const line = lines[trust].get(key) ?? [];
      line.push({ since: timer.now(), start, refuse: () => resolve('busy') });
      lines[trust].set(key, line);
      waitingOf[trust] += 1;
      waitForPace();
      const turn = await promise;
      return turn === 'busy' ? 'busy' : perform(work, turn.isHeld);
    },
    hasRoom(key, trust) {
      if (isNext(trust)) return true;
      const full = crowd(trust);
      return full === undefined || whoGivesUp(full, key, trust) !== undefined;
    },
    get running() {
      return running;
    },
    get waiting() {
      return waitingOfThese(trusts);
    },
  };
}
