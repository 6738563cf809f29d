import type { Clock } from '../kernel/index.ts';
import type { OutboxItem } from '../store/index.ts';
import { auditEvent } from './event.ts';

/** A request that ended in an error page. */
export interface FailedRequest {
  readonly realm: string;
  /** The number the page shows. */
  readonly reference: string;
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  readonly signIn?: string;
  readonly address: string;
  readonly browser: string;
}

/** Per process: nobody fills the log by asking for nonsense. What is beyond is in the server's log alone. */
const perRealmAndMinute = 60;
const minuteMs = 60_000;

/** Nothing happened at an address that does not exist, and nothing can be written where storage is away. */
const unrecorded = new Set(['not_found', 'unavailable']);

/** Records error pages, so that whoever is told a reference number finds what it stands for. */
export function createFailureRecord({
  append,
  clock,
}: {
  readonly append: (items: readonly OutboxItem[]) => Promise<void>;
  readonly clock: Clock;
}): (failed: FailedRequest) => Promise<void> {
  let minute = 0;
  let counts = new Map<string, number>();

  return async ({ status, code, ...about }) => {
    if (unrecorded.has(code)) return;
    const now = clock.now();
    const current = Math.floor(now.getTime() / minuteMs);
    if (current !== minute) {
      minute = current;
      counts = new Map();
    }
    const count = counts.get(about.realm) ?? 0;
    if (count >= perRealmAndMinute) return;
    counts.set(about.realm, count + 1);
    const type = status < 500 ? 'request.refused' : 'request.failed';
    await append([auditEvent(now, { ...about, type, actor: { kind: 'system' }, details: { code, status } })]);
  };
}
