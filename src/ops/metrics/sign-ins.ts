import type { Counter, Histogram } from 'prom-client';
import type { OutboxItem } from '../../store/index.ts';

export interface SignInMetrics {
  readonly ended: Counter<'outcome'>;
  readonly seconds: Histogram;
  readonly events: Counter<'type'>;
  readonly refusals: Counter<'why'>;
  readonly proofs: Counter<'factor' | 'outcome'>;
}

const typeForm = /^[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40})+$/;

const word = (value: unknown): string => (typeof value === 'string' && /^[a-z_]{1,40}$/.test(value) ? value : 'other');

/** Counts an audit event. Types and reasons are words of ours; anything else would be a label that outsiders choose. */
export function countEvent(metrics: SignInMetrics, { body }: OutboxItem): void {
  const { ended, seconds, events, refusals, proofs } = metrics;
  const { type, details } = body as { type?: unknown; details?: Readonly<Record<string, unknown>> };
  if (typeof type !== 'string' || !typeForm.test(type)) return;
  events.inc({ type });
  switch (type) {
    case 'sign_in.completed': {
      const { proven, tookS } = details ?? {};
      ended.inc({ outcome: 'completed' });
      if (typeof tookS === 'number') seconds.observe(tookS);
      for (const factor of Array.isArray(proven) ? proven : []) proofs.inc({ factor: word(factor), outcome: 'right' });
      return;
    }
    case 'sign_in.ended':
      return ended.inc({ outcome: word(details?.['because']) });
    case 'sign_in.refused':
      return refusals.inc({ why: word(details?.['why']) });
    case 'password.refused':
      return proofs.inc({ factor: 'password', outcome: 'wrong' });
    case 'second_factor.refused':
      return proofs.inc({ factor: word(details?.['factor']), outcome: 'wrong' });
    default:
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
