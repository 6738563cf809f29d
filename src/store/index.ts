/**
 * Where documents live. Promises what `port.ts` says, on every engine, and what stands on it: expiry is swept, an
 * outbox is drained at least once, a lease has one holder. Must not know what documents mean.
 */

export type { Alone } from './alone.ts';
export type { Copying } from './copying.ts';
export { createDrain, type Drain } from './drain.ts';
export { createLeases, type Leases } from './leases.ts';
export type { Log } from './log.ts';
export type { Migration } from './migrations.ts';
export type { DatabaseAddress } from './move-address.ts';
export { type OpenedStore, openStore, type StoreOptions } from './open.ts';
export { outboxShape, withOutbox } from './outbox.ts';
export * from './port.ts';
export { createRounds, type Rounds } from './rounds.ts';
export { databaseFile } from './sqlite/database-file.ts';
export { createSweeper, type Sweeper } from './sweeper.ts';
