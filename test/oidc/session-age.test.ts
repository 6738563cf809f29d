import { judgeAge } from '../../src/oidc/session-age.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const now = new Date('2026-11-23T12:00:00Z');
const at = (ms: number) => now.getTime() + ms;

describe('a session', () => {
  it.each([
    // signed in, used (from now, ms), idle after
    [-24 * hourMs, 0, 60, 'over'],
    [-24 * hourMs + 1000, 0, 60, 'usable'],
    [-hourMs, -hourMs, 60, 'idle'],
    [-hourMs, -hourMs + 1, 60, 'usable'],
    [-hourMs, undefined, 60, 'idle'],
    [-hourMs, -hourMs, 'off', 'usable'],
  ] as const)('of %s ms ago, used %s ms ago, with %s minutes idle, is %s', (signedIn, used, idleMinutes, expected) => {
    expect(judge(signedIn, used, idleMinutes)).toBe(expected);
  });

  it.each([
    ['whose sign-in is an hour to come', hourMs, hourMs, 'over'],
    ['whose last use is an hour to come', -hourMs, hourMs, 'idle'],
    ['begun more than two minutes to come', 2 * minuteMs + 1000, 0, 'over'],
    ['used more than two minutes to come', 0, 2 * minuteMs + 1, 'idle'],
  ] as const)('F6: %s ends: the clock was set back', (_, signedIn, used, expected) => {
    expect(judge(signedIn, used, 60)).toBe(expected);
  });

  it('may be of a node whose clock is two minutes ahead', () => {
    expect(judge(2 * minuteMs, 2 * minuteMs, 60)).toBe('usable');
  });

  function judge(signedIn: number, used: number | undefined, idleMinutes: number | 'off') {
    const times = { loginTs: at(signedIn) / 1000, ...(used === undefined ? {} : { usedAt: at(used) }) };
    return judgeAge(times, { sessionHours: 24, idleMinutes }, now);
  }
});
