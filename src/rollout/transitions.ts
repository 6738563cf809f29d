import type { Actor } from '../people/index.ts';
import type { OutboxItem } from '../store/index.ts';
import type { Transition } from './register.ts';
import type { Figures, Rollout } from './rollout.ts';

/** From here on its waves begin as they say. */
export const start = (actor: Actor): Transition => ({
  ...{ type: 'started', from: ['draft'], actor },
  change: (rollout, now) => ({ ...rollout, state: 'running', judgedFrom: now }),
});

/** No further wave begins; those that began stay bound. */
export const pause = (actor: Actor): Transition => ({
  ...{ type: 'paused', from: ['running'], actor },
  change: (rollout, now) => ({ ...rollout, state: 'paused', heldAt: now }),
});

/** Waves that had not begun begin later, by as long as it was held; those that were stopped are bound again. */
export const resume = (actor: Actor, stopAbovePercent?: number): Transition => ({
  ...{ type: 'resumed', from: ['paused', 'stopped'], actor },
  ...(stopAbovePercent === undefined ? {} : { details: { stopAbovePercent } }),
  change(rollout, now) {
    const { heldAt = now, stoppedFrom: _, ...rest } = rollout;
    const heldMs = now.getTime() - heldAt.getTime();
    return {
      ...rest,
      state: 'running',
      judgedFrom: now,
      stopAbovePercent: stopAbovePercent ?? rollout.stopAbovePercent,
      waves: rollout.waves.map((wave) =>
        wave.startsAt > heldAt ? { ...wave, startsAt: new Date(wave.startsAt.getTime() + heldMs) } : wave,
      ),
    };
  },
});

/** Nobody of this wave (an index) or a later one is bound any more; what they set up they keep. */
export const stop = (actor: Actor, from: number): Transition => ({
  ...{ type: 'stopped', from: ['running', 'paused', 'stopped'], actor, details: { wave: from + 1 } },
  change: (rollout, now) => {
    const { heldAt, stoppedFrom = rollout.waves.length } = rollout;
    return { ...rollout, state: 'stopped', heldAt: heldAt ?? now, stoppedFrom: Math.min(from, stoppedFrom) };
  },
});

/** The same by itself: only once, and only as it was when it was looked at. */
export const stopByItself = (
  seen: Rollout,
  from: number,
  { people, stuck, failed }: Figures,
  messages: readonly OutboxItem[],
): Transition => ({
  ...stop({ kind: 'system' }, from),
  from: ['running'],
  details: { wave: from + 1, people, stuck, failed, stopAbovePercent: seen.stopAbovePercent },
  messages,
  change: (rollout, now) =>
    rollout.changedAt.getTime() === seen.changedAt.getTime()
      ? stop({ kind: 'system' }, from).change(rollout, now)
      : undefined,
});
