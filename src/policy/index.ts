/**
 * What a sign-in needs and why: pure functions over plain values. `next` and `explain` are one function.
 * Promises: no input or output, no clock (facts carry `now`), the same answer for the same facts, a reason for every
 * decision. Must not know rooms, HTTP, storage or the provider.
 */

export { type Acr, allAcr, isAcr, reaches } from './acr.ts';
export {
  type AddressTally,
  countWrongFrom,
  emptyAddressTally,
  retryAfterS,
  wrongInHour,
  wrongPerRangeAndHour,
} from './address-guessing.ts';
export { allowedKinds, combine, everyMethod } from './effective.ts';
export { type Explained, explain, explainRules, loosening, withoutEffect } from './explain.ts';
export type { FactorFacts, Facts, PersonFacts } from './facts.ts';
export { type Change, type Objection, whyNot } from './guards.ts';
export {
  type Consequence,
  emptyTally,
  type GuessRules,
  guessesLeft,
  type Hold,
  type Place,
  passwordGuesses,
  placeLifetimeS,
  reserve,
  secondFactorGuesses,
  settle,
  type Tally,
} from './guessing.ts';
export {
  allOverruled,
  type Decision,
  type Effective,
  type EffectiveRule,
  type Level,
  type Overruled,
  type Placed,
  type Reason,
  type Requirement,
} from './level.ts';
export { next } from './next.ts';
export type { Next, Postponement, StepName } from './next-step.ts';
export { passwordMinLengthFor } from './password-length.ts';
export { type Circumstance, circumstances } from './reason.ts';
export { allRoles, allRules, type Grace, type Role, type RuleName, type Rules, rulesShape } from './rules.ts';
export { createJudgeStanding, type PersonToPlace, profileOf, type Standing } from './standing.ts';
export { inWords, reasonOf } from './words.ts';
