import type { Session } from 'oidc-provider';

/** What we keep in a session beside what oidc-provider does. Milliseconds since 1970. */
export interface SessionTimes {
  /** When the sign-in that began it was completed; a step-up does not change it. */
  startedAt?: number;
  /** Last time a portal was answered from it, to the minute. */
  usedAt?: number;
}

export type RealmSession = Session &
  SessionTimes & {
    /** Id of the one that the session is for. */
    organization?: string | undefined;
  };

/** In force for one portal: the strictest of all levels above it. */
export interface SessionRules {
  readonly sessionHours: number;
  readonly idleMinutes: number | 'off';
}

const minuteMs = 60_000;
/** By how much the clocks of two nodes may differ. */
const clockSkewMs = 2 * minuteMs;

/**
 * `over`: so many hours since the person was authenticated. `idle`: so many minutes since it was used. One from a time
 * that is still to come ends: the clock was set back, and it would live longer by that much.
 */
export function judgeAge(
  session: { readonly loginTs?: number | undefined } & Readonly<SessionTimes>,
  rules: SessionRules,
  now: Date,
): 'usable' | 'over' | 'idle' {
  const signedInMs = (session.loginTs ?? 0) * 1000;
  const latestMs = now.getTime() + clockSkewMs;
  if (signedInMs > latestMs || now.getTime() >= signedInMs + rules.sessionHours * 60 * minuteMs) return 'over';
  if (rules.idleMinutes === 'off') return 'usable';
  const usedAt = session.usedAt ?? signedInMs;
  if (usedAt > latestMs) return 'idle';
  return now.getTime() >= usedAt + rules.idleMinutes * minuteMs ? 'idle' : 'usable';
}

/** Records use, once a minute at most: the session is written only when this changes it. */
export function touch(session: SessionTimes, now: Date): void {
  if (session.usedAt === undefined || now.getTime() - session.usedAt >= minuteMs) session.usedAt = now.getTime();
}
