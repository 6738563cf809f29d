/**
 * What a sign-in would be like: plays the next one of a person at a portal, says which rule every page of it is due to,
 * and explains the rules in force. Promises to ask policy alone, over the very facts that a real sign-in gives it, and to
 * change nothing. Must not know HTTP, or how a proof is judged.
 */

export { type Past } from './past.ts';
export { type Replayed, replay } from './replay.ts';
export type { Circumstances, End, Played, Step } from './scene.ts';
export { type CannotSimulate, createSimulator, type Simulator, type SimulatorDeps, type Whom } from './simulate.ts';
