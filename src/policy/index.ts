/**
 * What a sign-in needs and why: pure functions over plain values. `next` and `explain` are one function.
 * Promises: no input or output, no clock (facts carry `now`), the same answer for the same facts, a reason for every
 * decision. Must not know rooms, HTTP, storage or the provider.
 */
export { type Rules, rulesShape } from './rules.ts';
export { type Decision, type EffectiveRule, type Effective, combine, type Level, type Reason } from './effective.ts';
export { type Facts, next, type Next, type StepName } from './next.ts';
