/**
 * What a change would do to people before it is made: how everybody under a level would stand, and whether somebody is
 * left who can administer the realm; and the census by which roll-outs count. Promises figures that are exact for what is
 * stored at that moment, by the very code that binds and judges in sign-ins, that sign-ins have their turn meanwhile, and
 * that changes which could shut the last administrator out are judged one after the other. Must not know HTTP, nor change
 * anything itself.
 */
export { createCensus } from './census.ts';
export { createGuards, type Guards } from './guards.ts';
export type { Hypothesis, LevelRef, Loss } from './hypothesis.ts';
export type { Keeping, Kept, MethodsOf } from './keeping.ts';
export { allPlaces, createPreview, type Place, type Placed, type Preview, type Previewed } from './preview.ts';
export type { SurveyDeps } from './survey.ts';
