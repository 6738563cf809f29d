import type { Counter, Histogram } from 'prom-client';
import type { OutboxItem } from '../../store/index.ts';

export interface SignInMetrics {
  readonly ended: Counter<'outcome'>;
  readonly seconds: Histogram;
  readonly events: Counter<'type'>;
}

const typeForm = /^[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40})+$/;

/** Counts an audit event. Types and reasons are words of ours; anything else would be a label that outsiders choose. */
export function countEvent({ ended, seconds, events }: SignInMetrics, { body }: OutboxItem): void {
  const { type, details } = body as { type?: unknown; details?: Readonly<Record<string, unknown>> };
  if (typeof type !== 'string' || !typeForm.test(type)) return;
  events.inc({ type });
  if (type === 'sign_in.completed') {
    ended.inc({ outcome: 'completed' });
    if (typeof details?.tookS === 'number') seconds.observe(details.tookS);
  } else if (type === 'sign_in.ended') {
    const because = details?.because;
    ended.inc({ outcome: typeof because === 'string' && /^[a-z_]{1,40}$/.test(because) ? because : 'other' });
  }
}

/** What became of a form of a sign-in; undefined for every other request. `location`: where the answer leads. */
export function stepOutcome(
  method: string,
  route: string,
  status: number,
  location = '',
): { readonly step: string; readonly outcome: 'passed' | 'again' | 'held' | 'failed' } | undefined {
  const step = /^\/sign-in\/:uid\/(.+)$/.exec(route)?.[1];
  if (method !== 'POST' || step === undefined) return undefined;
  // A form that is not taken leads back to its page, which says why.
  if (status === 303) return { step, outcome: /[?&]fault=/.test(location) ? 'again' : 'passed' };
  if (status === 429) return { step, outcome: 'held' };
  return { step, outcome: status >= 500 ? 'failed' : 'again' };
}
