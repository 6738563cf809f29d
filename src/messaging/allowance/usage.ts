/**
 * The share of codes to one prefix that get used: pure. Who is paid for messages has them sent and uses none
 * (SMS pumping); a share that falls slows the prefix down by itself, and codes that get used make it normal again.
 */

export interface Usage {
  /** Five minutes each, oldest first. */
  readonly slices: readonly { readonly from: Date; readonly sent: number; readonly used: number }[];
  /** There while the prefix is slowed; counts what was sent since. */
  readonly slowed?: { readonly since: Date; readonly sent: number; readonly used: number; readonly lastAt: Date };
}

export interface SlowingRules {
  /** Slowed when fewer than this were used. 0: never. */
  readonly usedPercent: number;
  /** Judged from so many messages on. */
  readonly after: number;
}

const sliceMs = 5 * 60 * 1000;
/** How long people are given before their code counts as unused. */
const patienceMs = 5 * 60 * 1000;
const windowMs = 4 * 60 * 60 * 1000;
const shortestGapMs = 60 * 1000;
const longestGapMs = 60 * 60 * 1000;
/** So many codes used since it was slowed, and the share of them right: it is over. */
const usedToRecover = 3;
/** Over in any case; whoever goes on is slowed again. */
const longestMs = 24 * 60 * 60 * 1000;

export const emptyUsage: Usage = { slices: [] };

export type Paced =
  | { readonly ok: true; readonly usage: Usage; readonly changed?: 'slowed' | 'recovered' }
  | { readonly ok: false; readonly retryAt: Date; readonly usage: Usage; readonly changed?: 'slowed' };

/** One more message to this prefix, or not yet. */
export function pace(kept: Usage, rules: SlowingRules, now: Date): Paced {
  const before = reanchored(kept, now);
  if (before.slowed === undefined) {
    if (!isFallen(before, rules, now)) return { ok: true, usage: sentIn(before, now) };
    const since = now;
    const usage: Usage = { ...before, slowed: { since, sent: 0, used: 0, lastAt: since } };
    return { ok: false, retryAt: new Date(now.getTime() + shortestGapMs), usage, changed: 'slowed' };
  }
  const { slowed } = before;
  const isOver = now.getTime() - slowed.since.getTime() >= longestMs || rules.usedPercent === 0;
  if (isOver || (slowed.used >= usedToRecover && slowed.used * 100 >= slowed.sent * rules.usedPercent)) {
    return { ok: true, usage: sentIn(emptyUsage, now), changed: 'recovered' };
  }
  const retryAt = new Date(slowed.lastAt.getTime() + gapMs(slowed));
  if (now < retryAt) return { ok: false, retryAt, usage: before };
  return { ok: true, usage: { ...sentIn(before, now), slowed: { ...slowed, sent: slowed.sent + 1, lastAt: now } } };
}

/** The code of a message sent then was used. */
export function useOf(kept: Usage, sentAt: Date): Usage {
  const { slowed } = kept;
  return {
    slices: inSlice(kept, sentAt, (slice) => ({ ...slice, used: Math.min(slice.sent, slice.used + 1) })),
    ...(slowed === undefined
      ? {}
      : { slowed: sentAt < slowed.since ? slowed : { ...slowed, used: Math.min(slowed.sent, slowed.used + 1) } }),
  };
}

/** A message sent then says nothing: it did not arrive. */
export function unsend(kept: Usage, sentAt: Date): Usage {
  const { slowed } = kept;
  return {
    slices: inSlice(kept, sentAt, (slice) => ({ ...slice, sent: Math.max(slice.used, slice.sent - 1) })),
    ...(slowed === undefined
      ? {}
      : { slowed: sentAt < slowed.since ? slowed : { ...slowed, sent: Math.max(slowed.used, slowed.sent - 1) } }),
  };
}

/** Messages of the last four hours that are old enough to be judged. */
export function judged(usage: Usage, now: Date): { readonly sent: number; readonly used: number } {
  const old = usage.slices.filter(({ from }) => from.getTime() + sliceMs + patienceMs <= now.getTime());
  const recent = old.filter(({ from }) => from.getTime() > now.getTime() - windowMs);
  return recent.reduce((sum, { sent, used }) => ({ sent: sum.sent + sent, used: sum.used + used }), {
    sent: 0,
    used: 0,
  });
}

function isFallen(usage: Usage, rules: SlowingRules, now: Date): boolean {
  const { sent, used } = judged(usage, now);
  return sent >= rules.after && used * 100 < sent * rules.usedPercent;
}

/** A minute, doubled by each code that was not used since: at most an hour. */
function gapMs({ sent, used }: { readonly sent: number; readonly used: number }): number {
  return Math.min(longestGapMs, shortestGapMs * 2 ** Math.min(sent - used, 10));
}

const sliceStart = (at: Date) => new Date(Math.floor(at.getTime() / sliceMs) * sliceMs);

function sentIn(usage: Usage, now: Date): Usage {
  const from = sliceStart(now);
  const kept = usage.slices.filter((slice) => slice.from.getTime() > now.getTime() - windowMs);
  const here = kept.find((slice) => slice.from.getTime() === from.getTime()) ?? { from, sent: 0, used: 0 };
  const others = kept.filter((slice) => slice.from.getTime() !== from.getTime());
  const slices = [...others, { ...here, sent: here.sent + 1 }].sort((a, b) => a.from.getTime() - b.from.getTime());
  return { ...usage, slices };
}

function inSlice(usage: Usage, at: Date, change: (slice: Usage['slices'][number]) => Usage['slices'][number]) {
  const from = sliceStart(at).getTime();
  return usage.slices.map((slice) => (slice.from.getTime() === from ? change(slice) : slice));
}

/** A clock set back: what lies ahead of it happened now. Clocks of nodes may differ by a slice. */
function reanchored(usage: Usage, now: Date): Usage {
  const latest = now.getTime() + sliceMs;
  const { slowed } = usage;
  const isAhead = (at: Date) => at.getTime() > latest;
  const { slices } = usage;
  const ahead = slices.filter(({ from }) => isAhead(from));
  const here = sliceStart(now);
  const present = slices.filter(({ from }) => !isAhead(from));
  const there = present.find(({ from }) => from.getTime() === here.getTime()) ?? { from: here, sent: 0, used: 0 };
  const joined = ahead.reduce(
    (sum, { sent, used }) => ({ ...sum, sent: sum.sent + sent, used: sum.used + used }),
    there,
  );
  const kept = present.filter(({ from }) => from.getTime() !== here.getTime());
  const isSlowAhead = slowed !== undefined && (isAhead(slowed.since) || isAhead(slowed.lastAt));
  if (ahead.length === 0 && !isSlowAhead) return usage;
  return {
    slices: ahead.length === 0 ? slices : [...kept, joined].sort((a, b) => a.from.getTime() - b.from.getTime()),
    ...(slowed === undefined
      ? {}
      : {
          slowed: {
            ...slowed,
            since: isAhead(slowed.since) ? now : slowed.since,
            lastAt: isAhead(slowed.lastAt) ? now : slowed.lastAt,
          },
        }),
  };
}
