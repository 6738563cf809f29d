/**
 * What happened, kept so that nobody can quietly change it: a chain of records per realm, each bound to the one before
 * and sealed with the installation's key. Promises: every event that a change carried is recorded once, in order of
 * arrival; changed, removed, inserted, reordered and cut-off records are noticed; personal data can be erased and old
 * records cut without breaking that. Must not know what events mean.
 */
export { type Audit, type AuditOptions, createAudit, type TailOptions } from './audit.ts';
export type { Fault } from './chain-check.ts';
export { type Checkpoint, checkpointShape } from './checkpoint.ts';
export { type AuditEvent, auditEvent } from './event.ts';
export { createFailureRecord, type FailedRequest } from './failures.ts';
export type { AuditEntry } from './record.ts';
export type { AuditFilter, AuditQuery } from './search.ts';
export type { Verification } from './verify.ts';
