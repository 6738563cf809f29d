import { outgoingMessage } from '../messaging/index.ts';
import type { OutboxItem } from '../store/index.ts';
import type { Rollout } from './rollout.ts';
import type { Seen } from './survey.ts';

const dayMs = 86_400_000;
/** A reminder of what holds already is old news after a week. */
const afterwardsMs = 7 * dayMs;

export type Reminder = 'before' | 'after';

/**
 * The reminder this person is due, if any: one before their wave begins and one after, to who is not ready. `isAsked`:
 * an admin wants it now, without waiting for its day.
 */
export function reminderDue(rollout: Rollout, seen: Seen, now: Date, isAsked: boolean): Reminder | undefined {
  const { at, stand, participant, user } = seen;
  const startsAt = rollout.waves[at]?.startsAt;
  if (rollout.state !== 'running' || stand === 'ready' || startsAt === undefined || user.email === undefined) {
    return undefined;
  }
  const hasBegun = startsAt <= now;
  if ((hasBegun ? participant?.toldAfterAt : participant?.toldBeforeAt) !== undefined) return undefined;
  const days = hasBegun ? rollout.remindAfterDays : -rollout.remindBeforeDays;
  const isDay = days !== 0 && now.getTime() >= startsAt.getTime() + days * dayMs;
  return isAsked || isDay ? (hasBegun ? 'after' : 'before') : undefined;
}

export function reminderMail(
  { realm, waves }: Rollout,
  { user, at }: Seen,
  kind: Reminder,
  now: Date,
): readonly OutboxItem[] {
  const startsAt = waves[at]?.startsAt;
  if (user.email === undefined || startsAt === undefined) return [];
  const mail = outgoingMessage(now, {
    ...{ realm, channel: 'mail', to: user.email, locale: user.locale ?? '' },
    timeZone: user.timeZone,
    template: kind === 'before' ? 'rollout-ahead' : 'rollout-begun',
    params: { name: user.name, at: startsAt.toISOString() },
    expiresAt: kind === 'before' ? startsAt : new Date(now.getTime() + afterwardsMs),
  });
  return [mail];
}
