/**
 * What every room stands on: time, ids, comparison, sealing, calls to addresses that
 * others chose, the one error class.
 * Promises to import no room and to keep no state. Must not know what it is used for.
 */
export { type Clock, systemClock } from './clock.ts';
export { digest, mac, randomToken, sameText } from './crypto.ts';
export { type ErrorCode, type ErrorDetails, GatehouseError } from './errors.ts';
export { whyNotFile } from './file-fault.ts';
export {
  createGuardedFetch,
  type GuardedFetch,
  type GuardedFetchDeps,
  type GuardedRequest,
  isPublicAddress,
} from './guarded-fetch.ts';
export { newId, newReference } from './ids.ts';
export { nearest } from './nearest.ts';
export { createKeyring, type Keyring, type SealingKey } from './sealing.ts';
export { table } from './table.ts';
