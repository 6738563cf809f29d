import { setTimeout } from 'node:timers/promises';
import { type Clock, GatehouseError, newId } from '../kernel/index.ts';
import type { Lease } from './lease.ts';
import type { Collection } from './port.ts';
import { turnLasts } from './turn-lasts.ts';
import { createTurns } from './turns.ts';

/**
 * Does `act` while nobody else does anything of this name, in whatever process: for what is decided by reading several
 * documents and done by writing another. `stillMine` throws `unavailable` once another could have taken over: call it
 * right before a write. A process that dies in the middle holds others up for ten seconds, and leaves nothing behind.
 * Throws `unavailable` when its turn does not come. Acts of one name cannot lie in each other.
 */
export type Alone = <R>(name: string, act: (stillMine: () => void) => Promise<R>) => Promise<R>;

const turnMs = 10_000;
/** Half a turn is kept back: clocks of nodes may differ by so much, or a write take so long. */
const trustedMs = turnMs / 2;
const renewEveryMs = turnMs / 4;
/** Longer than the turn of one who died. */
const patienceMs = 1.5 * turnMs;
const firstWaitMs = 4;
const longestWaitMs = 100;

/** `elapsedMs`: of a clock that nobody sets. */
export function createAlone(
  leases: Collection<Lease>,
  clock: Clock,
  elapsedMs: () => number = () => performance.now(),
): Alone {
  const inTurn = createTurns();

  /** Takes or renews it for `holder`. */
  async function take(name: string, holder: string): Promise<boolean> {
    const now = clock.now();
    const until = new Date(now.getTime() + turnMs);
    const taken = await leases.upsert(name, (lease) => {
      const isAnothers = lease !== undefined && lease.holder !== holder && turnLasts(lease.until, now, turnMs);
      return isAnothers ? undefined : { id: name, holder, until };
    });
    return taken.ok;
  }

  async function wait(name: string, holder: string): Promise<number> {
    const patientUntil = elapsedMs() + patienceMs;
    for (let waitMs = firstWaitMs; elapsedMs() < patientUntil; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      const at = elapsedMs();
      if (await take(name, holder)) return at;
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
          take(name, holder).then(
            (isMine) => {
              if (isMine) takenAt = Math.max(takenAt, at);
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
