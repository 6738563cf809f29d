/**
 * One sign-in, from the authorization request to the redirect back: the attempt, its dispatcher, a file per step, the
 * guessing engine. Promises that an attempt is done exactly once, in the browser that began it, within 30 minutes; that
 * every guess is counted; that what changes a person from outside ends their attempts. Must not know how a factor judges,
 * how the provider speaks to portals, or what a page looks like.
 */
export { withAnswer, withChoice, withMethod, withProof } from './answered.ts';
export * from './attempt.ts';
export type { ListedBrowser } from './browsers.ts';
export { createSignIn, type SignIn, type SignInDeps } from './create-sign-in.ts';
export { type Decided, decide, type SoFar } from './decide.ts';
export { createGuessing, type Guess, type Guessed, type Guessing, type Judged } from './guessing/index.ts';
export { methodNotices } from './method-notices.ts';
export * from './page-models.ts';
export { createReachableAcr } from './reachable-acr.ts';
export { createSessionRulesOf, sessionRules } from './session-rules.ts';
export { createStrangers, type Strangers } from './strangers.ts';
export { createJudgeSession } from './sufficient.ts';
export { supplyOfAll } from './supply.ts';
export { whoIs } from './visit.ts';
