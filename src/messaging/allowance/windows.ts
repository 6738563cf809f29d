/**
 * How many in this minute, day and month (UTC): pure. Windows are those of the calendar, so that a month here is a
 * month on the bill, and so that it can be said exactly when the next one begins.
 */

export const spans = ['minute', 'day', 'month'] as const;
export type Span = (typeof spans)[number];

export interface Window {
  readonly from: Date;
  readonly count: number;
  /** That the limit was reached was written down. */
  readonly isTold?: boolean;
}

export type Windows = Readonly<Partial<Record<Span, Window>>>;
/** Absent: no limit. */
export type Limits = Readonly<Partial<Record<Span, number>>>;

/** Clocks of nodes differ; a window that began this little ahead is the current one. */
const skewMs = 10 * 60 * 1000;

export function startOf(span: Span, at: Date): Date {
  if (span === 'minute') return new Date(Math.floor(at.getTime() / 60_000) * 60_000);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), span === 'day' ? at.getUTCDate() : 1));
}

/** When the window that begins there is over. */
export function endOf(span: Span, from: Date): Date {
  if (span === 'minute') return new Date(from.getTime() + 60_000);
  if (span === 'day') return new Date(from.getTime() + 24 * 60 * 60 * 1000);
  return new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
}

/**
 * What counts now. A clock set back: what was counted ahead counts in the present window, so that it is neither
 * forgotten nor there until that time comes round again.
 */
export function currentWindow<W extends { readonly from: Date }>(
  kept: W | undefined,
  span: Span,
  now: Date,
  empty: W,
): W {
  const from = startOf(span, now);
  if (kept === undefined || kept.from < from) return { ...empty, from };
  return kept.from.getTime() - now.getTime() > skewMs ? { ...kept, from } : kept;
}

export type Counted =
  | { readonly ok: true; readonly windows: Windows }
  | {
      readonly ok: false;
      /** The one that is full for longest. */
      readonly span: Span;
      readonly retryAt: Date;
      readonly windows: Windows;
      /** Spans found full for the first time. */
      readonly firstFull: readonly Span[];
      /** A clock was set back: `windows` are worth keeping. */
      readonly isMoved: boolean;
    };

/** One more in every window, or in none. */
export function countOne(kept: Windows, limits: Limits, now: Date): Counted {
  const empty: Window = { from: now, count: 0 };
  const current = spans.map((span) => ({ span, window: currentWindow(kept[span], span, now, empty) }));
  const full = current.filter(({ span, window }) => window.count >= (limits[span] ?? Number.POSITIVE_INFINITY));
  const last = full.at(-1);
  if (last === undefined) {
    return {
      ok: true,
      windows: Object.fromEntries(current.map(({ span, window }) => [span, { ...window, count: window.count + 1 }])),
    };
  }
  const firstFull = full.filter(({ window }) => window.isTold !== true).map(({ span }) => span);
  const told = current.map(({ span, window }) => [
    span,
    firstFull.includes(span) ? { ...window, isTold: true } : window,
  ]);
  const ends = full.map(({ span, window }) => endOf(span, window.from).getTime());
  return {
    ok: false,
    span: last.span,
    retryAt: new Date(Math.max(...ends)),
    windows: Object.fromEntries(told) as Windows,
    firstFull,
    isMoved: current.some(({ span, window }) => window.from < (kept[span]?.from ?? window.from)),
  };
}

/** Takes back one that was counted in `counted`, where those windows are still the current ones. */
export function giveBack(kept: Windows, counted: Windows): Windows {
  return Object.fromEntries(
    Object.entries(kept).map(([span, window]) => [
      span,
      window.from.getTime() === counted[span as Span]?.from.getTime() && window.count > 0
        ? { ...window, count: window.count - 1 }
        : window,
    ]),
  );
}
