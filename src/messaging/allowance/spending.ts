/** Money spent in a calendar month (UTC) against a budget: pure. All money in millionths of one currency. */
import { currentWindow, endOf } from './windows.ts';

export interface Spending {
  /** When the month began. */
  readonly from: Date;
  readonly micros: number;
  /** The budget of which it was told that little, or nothing, is left. A higher one is told of anew. */
  readonly warnedOf?: number;
  readonly stoppedAt?: number;
}

export type Crossed = 'warned' | 'reached';

export type Spent =
  | { readonly ok: true; readonly spending: Spending; readonly crossed?: Crossed }
  | { readonly ok: false; readonly retryAt: Date; readonly spending: Spending; readonly crossed?: Crossed };

export const warnedAtPercent = 80;

/** `budget` absent: counted, never refused. */
export function spend(kept: Spending | undefined, price: number, budget: number | undefined, now: Date): Spent {
  const spending = currentWindow(kept, 'month', now, { from: now, micros: 0 });
  const micros = spending.micros + price;
  if (budget === undefined) return { ok: true, spending: { ...spending, micros } };
  // What costs nothing passes, unless nothing may be sent at all.
  if (micros > budget || budget === 0) {
    const isNews = (spending.stoppedAt ?? -1) < budget;
    return {
      ok: false,
      retryAt: endOf('month', spending.from),
      spending: isNews
        ? { ...spending, stoppedAt: budget, warnedOf: Math.max(budget, spending.warnedOf ?? 0) }
        : spending,
      ...(isNews ? { crossed: 'reached' } : {}),
    };
  }
  const isNews = micros * 100 >= budget * warnedAtPercent && (spending.warnedOf ?? -1) < budget;
  return {
    ok: true,
    spending: { ...spending, micros, ...(isNews ? { warnedOf: budget } : {}) },
    ...(isNews ? { crossed: 'warned' } : {}),
  };
}

/** Takes back what was spent in the month that began at `from`. */
export function refund(kept: Spending, price: number, from: Date): Spending {
  if (kept.from.getTime() !== from.getTime()) return kept;
  return { ...kept, micros: Math.max(0, kept.micros - price) };
}
