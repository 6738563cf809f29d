import type { Price } from './prices.ts';
import type { SlowingRules } from './usage.ts';
import type { Limits } from './windows.ts';

/** What one count is about, from the narrowest on. */
export const scopeKinds = ['number', 'person', 'address', 'prefix', 'country', 'organization', 'realm'] as const;
export type ScopeKind = (typeof scopeKinds)[number];

/** Messages per minute, day and month. A person who mistypes and loses codes stays below; a program does not. */
export const defaultLimits: Readonly<Record<ScopeKind, Limits>> = {
  number: { minute: 2, day: 10, month: 60 },
  person: { minute: 3, day: 15, month: 90 },
  // An office behind one address signs in at nine.
  address: { minute: 30, day: 500, month: 5_000 },
  prefix: { minute: 30, day: 1_000, month: 15_000 },
  country: { minute: 60, day: 5_000, month: 75_000 },
  organization: { minute: 60, day: 2_000, month: 30_000 },
  realm: { minute: 120, day: 10_000, month: 150_000 },
};

export const defaultSlowing: SlowingRules = { usedPercent: 35, after: 20 };

/** Money per month for a realm that says nothing, in its currency. */
export const defaultBudget = 100;

/**
 * The European Economic Area, Switzerland, the United Kingdom, the United States, Canada, Australia, New Zealand, Japan:
 * where the languages of the pages are spoken and a message costs little enough that pumping pays badly.
 */
export const defaultCountries: readonly string[] =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SK SI ES SE CH GB US CA AU NZ JP'.split(
    ' ',
  );

/** Islands of the North American plan: +1 and as dear as an ocean away. */
const caribbean =
  '1242 1246 1264 1268 1284 1345 1441 1473 1649 1658 1664 1721 1758 1767 1784 1809 1829 1849 1868 1869 1876';

/**
 * Nobody's price list: our estimates in US dollars, from the order of magnitude that providers published in 2026,
 * rounded up so that a budget stops too early rather than too late. A call is one of up to a minute. Operators put
 * their provider's prices into the realm file.
 */
export const defaultPrices: readonly Price[] = [
  { prefix: '*', sms: 0.3, voice: 0.6 },
  { prefix: '1', sms: 0.015, voice: 0.02 },
  ...caribbean.split(' ').map((prefix) => ({ prefix, sms: 0.15, voice: 0.4 })),
  { prefix: '30', sms: 0.12, voice: 0.15 },
  { prefix: '31', sms: 0.13, voice: 0.1 },
  { prefix: '32', sms: 0.13, voice: 0.15 },
  { prefix: '33', sms: 0.1, voice: 0.08 },
  { prefix: '34', sms: 0.1, voice: 0.08 },
  { prefix: '36', sms: 0.13, voice: 0.12 },
  { prefix: '39', sms: 0.11, voice: 0.1 },
  { prefix: '40', sms: 0.1, voice: 0.12 },
  { prefix: '41', sms: 0.1, voice: 0.15 },
  { prefix: '43', sms: 0.12, voice: 0.12 },
  { prefix: '44', sms: 0.06, voice: 0.05 },
  { prefix: '45', sms: 0.08, voice: 0.08 },
  { prefix: '46', sms: 0.09, voice: 0.08 },
  { prefix: '47', sms: 0.1, voice: 0.1 },
  { prefix: '48', sms: 0.06, voice: 0.1 },
  { prefix: '49', sms: 0.12, voice: 0.08 },
  { prefix: '61', sms: 0.06, voice: 0.06 },
  { prefix: '64', sms: 0.14, voice: 0.1 },
  { prefix: '81', sms: 0.1, voice: 0.12 },
  ...'350 351 352 353 354 356 357 358 359 370 371 372 385 386 420 421 423'
    .split(' ')
    .map((prefix) => ({ prefix, sms: 0.15, voice: 0.25 })),
];
