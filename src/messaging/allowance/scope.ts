import type { AllowanceRefusal } from './allowance.ts';
import type { ScopeKind } from './defaults.ts';
import { type Crossed, refund, type Spending, spend } from './spending.ts';
import { emptyUsage, pace, type SlowingRules, type Usage, unsend } from './usage.ts';
import { countOne, currentWindow, endOf, giveBack, type Limits, type Span, type Windows } from './windows.ts';

/** What is counted about one number, person, organization, … */
export interface Count {
  readonly windows: Windows;
  readonly spending?: Spending;
  readonly usage?: Usage;
  /** Fraud was reported there. Both ends, so that a clock set back is noticed. */
  readonly hold?: { readonly from: Date; readonly until: Date };
}

/** One count that a message needs a place in. */
export interface Scope {
  /** Of the count's document. */
  readonly id: string;
  readonly kind: ScopeKind;
  readonly limits: Limits;
  /** Where money is counted: the price and, where there is one, the budget, in millionths. */
  readonly money?: { readonly price: number; readonly budget: number | undefined };
  /** Where the share of used codes is judged. */
  readonly slowing?: SlowingRules;
}

/** What a change of a count is worth telling about. */
export type News =
  | { readonly about: 'limit'; readonly span: Span }
  | { readonly about: 'budget'; readonly crossed: Crossed; readonly month: Date }
  | { readonly about: 'usage'; readonly changed: 'slowed' | 'recovered' };

export type Judged = { readonly count: Count; readonly news: readonly News[] } & (
  | { readonly ok: true }
  | { readonly ok: false; readonly why: AllowanceRefusal; readonly retryAt: Date }
);

export const emptyCount: Count = { windows: {} };

/** A place for one message in this count, or why not. What is refused changes nothing but what was told, and times after a clock was set back. */
export function takePlace(before: Count, scope: Scope, now: Date): Judged {
  const hold = holdNow(before.hold, now);
  if (hold !== undefined) {
    const count = hold === before.hold ? before : { ...before, hold };
    return { ok: false, why: 'held', retryAt: hold.until, count, news: [] };
  }

  const counted = countOne(before.windows, scope.limits, now);
  if (!counted.ok) {
    const news = counted.firstFull.map((span): News => ({ about: 'limit', span }));
    const count = news.length > 0 || counted.isMoved ? { ...before, windows: counted.windows } : before;
    return { ok: false, why: limitedBy(scope.kind), retryAt: counted.retryAt, count, news };
  }

  const { windows } = counted;
  const paced = scope.slowing === undefined ? undefined : pace(before.usage ?? emptyUsage, scope.slowing, now);
  const paceNews: News[] = paced?.changed === undefined ? [] : [{ about: 'usage', changed: paced.changed }];
  if (paced?.ok === false) {
    const count = paced.usage === before.usage ? before : { ...before, usage: paced.usage };
    return { ok: false, why: 'slowed', retryAt: paced.retryAt, count, news: paceNews };
  }

  const spent =
    scope.money === undefined ? undefined : spend(before.spending, scope.money.price, scope.money.budget, now);
  const moneyNews: News[] =
    spent?.crossed === undefined ? [] : [{ about: 'budget', crossed: spent.crossed, month: spent.spending.from }];
  if (spent?.ok === false) {
    const isMoved = spent.spending.from < (before.spending?.from ?? spent.spending.from);
    const count = moneyNews.length > 0 || isMoved ? { ...before, spending: spent.spending } : before;
    return { ok: false, why: 'budget', retryAt: spent.retryAt, count, news: moneyNews };
  }

  const count = {
    windows,
    ...(spent === undefined ? {} : { spending: spent.spending }),
    ...(paced === undefined ? {} : { usage: paced.usage }),
  };
  return { ok: true, count, news: [...paceNews, ...moneyNews] };
}

const limitedBy = (kind: ScopeKind): AllowanceRefusal => (kind === 'country' ? 'prefix' : kind);

const skewMs = 10 * 60 * 1000;

/** A hold that lies ahead (a clock set back) begins now, as long as it was. */
export function holdNow(hold: Count['hold'], now: Date): Count['hold'] {
  if (hold === undefined || hold.until <= now) return undefined;
  if (hold.from.getTime() - now.getTime() <= skewMs) return hold;
  return { from: now, until: new Date(now.getTime() + hold.until.getTime() - hold.from.getTime()) };
}

/** Nothing in the count means anything from then on. */
export function meaninglessFrom(count: Count, now: Date): Date {
  const month = currentWindow(count.windows.month, 'month', now, { from: now, count: 0 });
  const ends = [endOf('month', month.from), count.hold?.until, count.usage?.slowed?.since];
  const dayMs = 24 * 60 * 60 * 1000;
  return new Date(Math.max(...ends.map((end) => end?.getTime() ?? 0)) + dayMs);
}

/** The count without the place that `taken` shows: for a message that another count refused. */
export function returnPlace(kept: Count, taken: Count, scope: Scope, at: Date): Count {
  const { windows, spending, usage } = kept;
  return {
    ...kept,
    windows: giveBack(windows, taken.windows),
    ...(spending === undefined || scope.money === undefined || taken.spending === undefined
      ? {}
      : { spending: refund(spending, scope.money.price, taken.spending.from) }),
    ...(usage === undefined ? {} : { usage: unsend(usage, at) }),
  };
}
