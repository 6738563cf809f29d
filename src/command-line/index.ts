/**
 * What the commands of all rooms have in common: how one runs and answers, how people and refusals are named. Promises
 * that a command closes what it opened and ends by 0, 1 or 2 as docs/ says. Must not know a room: `--help` loads this.
 */
export { refusedFile } from './files.ts';
export { inPages, type PageOptions, paged, pageOf, wholeNumber } from './numbers.ts';
export {
  type Like,
  nobody,
  noOrganization,
  noPortal,
  noRealm,
  type Outcome,
  type Refused,
  refusalLines,
  wrongUsage,
} from './outcome.ts';
export {
  createRun,
  createRunInRealm,
  type Json,
  type Opened,
  operator,
  type Run,
  type RunInRealm,
} from './run.ts';
export { aboutPerson, labelOf, limitOf, personOf } from './whom.ts';
