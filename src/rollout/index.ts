/**
 * Requirements that come into force in waves, by share of the people or by organization: who is in which wave, how far
 * they are, who is reminded, when to stop. Promises that a person's share never changes, that everybody is reminded once
 * before and once after, whatever crashes, and that a roll-out that shuts people out stops by itself. Must not know
 * sign-ins, nor what else binds a person: it is told.
 */
export { type Counted, inTheEnd, type TakeCensus } from './census.ts';
export { createRollouts, type Rollouts, type RolloutsDeps } from './create-rollouts.ts';
export * from './rollout.ts';
export { type Member, type RolledOut, rolledOutTo } from './waves.ts';
