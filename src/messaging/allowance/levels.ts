import type { Rules } from '../../policy/index.ts';
import { defaultCurrency, type Realm } from '../../realm/index.ts';
import type { ScopeKind } from './defaults.ts';
import { defaultBudget, defaultCountries, defaultLimits, defaultPrices, defaultSlowing } from './defaults.ts';
import type { OrganizationSettings } from './organization-settings.ts';
import { microsOf, type Price } from './prices.ts';
import type { SlowingRules } from './usage.ts';
import type { Limits } from './windows.ts';

/** What an organization is, for budgets: asked of who knows organizations. */
export interface BudgetedOrganization {
  readonly id: string;
  readonly name: string;
  readonly budget?: Rules['budget'] | undefined;
}

/** One that pays: its budget in millionths; undefined: as much as the levels above allow. */
export interface Level {
  readonly id: string;
  readonly name: string;
  readonly budgetMicros: number | undefined;
  readonly contact: string | undefined;
}

/** What holds for one message: the realm's settings, and every level's own budget. */
export interface Terms {
  readonly countries: ReadonlySet<string>;
  readonly currency: string;
  readonly prices: readonly Price[];
  readonly limits: Readonly<Record<ScopeKind, Limits>>;
  readonly slowing: SlowingRules;
  readonly realm: Level;
  /** Outermost first. */
  readonly organizations: readonly Level[];
}

export function termsOf(
  realm: Realm,
  organizations: readonly (BudgetedOrganization & { readonly settings: OrganizationSettings })[],
): Terms {
  const { messages = {} } = realm;
  const currency = messages.currency ?? defaultCurrency;
  // A budget in a currency without prices cannot be kept: nothing is sent under it.
  const budgetOf = (budget: Rules['budget']) =>
    budget === undefined ? undefined : budget.currency === currency ? microsOf(budget.perMonth) : 0;
  const contact = messages.contact ?? realm.support?.email;
  const levels: Level[] = [];
  let above = contact;
  for (const { id, name, budget, settings } of organizations) {
    above = settings.contact ?? above;
    const own = [budgetOf(budget), settings.budget === undefined ? undefined : microsOf(settings.budget)];
    const budgets = own.filter((each) => each !== undefined);
    levels.push({ id, name, contact: above, budgetMicros: budgets.length === 0 ? undefined : Math.min(...budgets) });
  }
  const lists = [messages.countries ?? defaultCountries, ...organizations.map(({ settings }) => settings.countries)];
  const [first = [], ...others] = lists.filter((list) => list !== undefined);
  return {
    currency,
    countries: new Set(first.filter((country) => others.every((list) => list.includes(country)))),
    prices: messages.prices ?? defaultPrices,
    limits: limitsOf(messages.limits),
    slowing: { ...defaultSlowing, ...messages.slowing },
    realm: {
      id: realm.id,
      name: realm.name,
      contact,
      budgetMicros: budgetOf(realm.policy.budget) ?? microsOf(defaultBudget),
    },
    organizations: levels,
  };
}

function limitsOf(own: NonNullable<Realm['messages']>['limits']): Terms['limits'] {
  const kinds = Object.keys(defaultLimits) as ScopeKind[];
  const merged = kinds.map((kind) => [kind, { ...defaultLimits[kind], ...own?.[kind] }]);
  return Object.fromEntries(merged) as Terms['limits'];
}
