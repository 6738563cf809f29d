/**
 * What each level says of policy: shown, changed, explained and tried, on the command line now. Promises that rules are
 * judged before they are saved, several of one level all or none, that what nobody could satisfy is refused, and that
 * every change is in the audit log with before and after. Must not know HTTP, nor decide anything: that is policy's.
 */
export type { Warning } from './guard.ts';
export { createRulebook, type LevelRef, type Rulebook, type RulebookDeps, type RulesChanged } from './rulebook.ts';
