import type { AuditEvent } from '../audit/index.ts';

export type Actor = AuditEvent['actor'];
