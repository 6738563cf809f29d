import { setTimeout } from 'node:timers/promises';
import { type Clock, GatehouseError, newId } from '../kernel/index.ts';
import type { Lease } from './lease.ts';
import type { Collection } from './port.ts';
import { createTurns } from './turns.ts';

/**
 * Does `act` while nobody else does anything of this name, in whatever process: for what is decided by reading several
 * documents and done by writing another. `stillMine` throws `unavailable` once another could have taken over: call it
 * right before a write. A process that dies in the middle holds others up for ten seconds, and leaves nothing behind;
 * what is done to the clocks of nodes changes nothing. Throws `unavailable` when its turn does not come. Acts of one name cannot lie in each other.
 */
export type Alone = <R>(name: string, act: (stillMine: () => void) => Promise<R>) => Promise<R>;

const turnMs = 10_000;
/** Half a turn is kept back: a write, or a look at the lease, may take so long. */
const trustedMs = turnMs / 2;
const renewEveryMs = turnMs / 4;
/** Longer than the turn of one who died. */
const patienceMs = 1.5 * turnMs;
const firstWaitMs = 4;
const longestWaitMs = 100;

/** Another's lease, as it was first seen. */
interface Seen {
  readonly holder: string;
  readonly untilMs: number;
  /** Of the clock that nobody sets. */
  readonly sinceMs: number;
}

const isGivenBack = ({ until }: Lease) => until.getTime() <= 0;

/**
 * `elapsedMs`: of a clock that nobody sets. Whether another's turn is over is judged by it alone: a lease that was seen to
 * stand still for a whole turn is a dead one's. Its `until` only shows that it lives: clocks that differ, or are set,
 * would have two think that it is theirs.
 */
export function createAlone(
  leases: Collection<Lease>,
  clock: Clock,
  elapsedMs: () => number = () => performance.now(),
): Alone {
  const inTurn = createTurns();

  /** Takes or renews it for `holder`, at `atMs`; otherwise says whose it is. */
  async function take(name: string, holder: string, atMs: number, before?: Seen): Promise<true | Seen> {
    let seen: Seen | undefined;
    const taken = await leases.upsert(name, (lease) => {
      seen =
        lease === undefined || lease.holder === holder || isGivenBack(lease) ? undefined : see(lease, atMs, before);
      if (seen !== undefined && atMs - seen.sinceMs < turnMs) return undefined;
      const lastMs = lease?.holder === holder ? lease.until.getTime() : 0;
      // Grows however the clock is set.
      return { id: name, holder, until: new Date(Math.max(clock.now().getTime() + turnMs, lastMs + 1)) };
    });
    return taken.ok || seen === undefined ? true : seen;
  }

  async function wait(name: string, holder: string): Promise<number> {
    const patientUntil = elapsedMs() + patienceMs;
    let before: Seen | undefined;
    for (let waitMs = firstWaitMs; elapsedMs() < patientUntil; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      const atMs = elapsedMs();
      const taken = await take(name, holder, atMs, before);
      if (taken === true) return atMs;
      before = taken;
      await setTimeout(waitMs);
    }
    throw new GatehouseError('unavailable', `the turn for ${name} does not come`, { retryAfterS: 5 });
  }

  return (name, act) =>
    inTurn(name, async () => {
      const holder = newId();
      let takenAt = await wait(name, holder);
      const renewal = setInterval(() => {
        const at = elapsedMs();
        // One that is taken over meanwhile is not taken back: `stillMine` says so in time.
        if (at < takenAt + trustedMs)
          take(name, holder, at).then(
            (taken) => {
              if (taken === true) takenAt = Math.max(takenAt, at);
            },
            () => undefined,
          );
      }, renewEveryMs).unref();
      try {
        return await act(() => {
          if (elapsedMs() < takenAt + trustedMs) return;
          throw new GatehouseError('unavailable', `the turn for ${name} was over too soon`, { retryAfterS: 5 });
        });
      } finally {
        clearInterval(renewal);
        // Over at once, and not removed: another may have taken it in between. Where that fails it ends by itself.
        const over = leases.update(name, (lease) =>
          lease.holder === holder ? { ...lease, until: new Date(0) } : undefined,
        );
        await over.catch(() => undefined);
      }
    });
}

function see({ holder, until }: Lease, atMs: number, before: Seen | undefined): Seen {
  const untilMs = until.getTime();
  return before?.holder === holder && before.untilMs === untilMs ? before : { holder, untilMs, sinceMs: atMs };
}
