import { z } from 'zod';
import { newId } from '../kernel/index.ts';
import type { Attempt } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import { faultKeys } from './page-models.ts';
import { pathsOf } from './paths.ts';
import type { Faults } from './show.ts';
import type { Visit } from './visit.ts';

/** A form that was not taken, and why. */
export interface SentBack {
  readonly faults: Faults;
  /** What was typed: never a password, never a code. */
  readonly values?: Readonly<Record<string, string>>;
  /** Until when a fault that asks to wait is true; its `seconds` are those left. */
  readonly waitUntil?: Date;
}

/** More than the tabs that anybody types into at the same time. */
const keptAtMost = 5;

const keptShape = z.array(
  z.object({
    id: z.string(),
    path: z.string(),
    faults: z.record(
      z.string(),
      z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])).optional() }),
    ),
    values: z.record(z.string(), z.string()),
    waitUntilMs: z.number().optional(),
  }),
);

type Kept = z.infer<typeof keptShape>;

/**
 * Keeps what was wrong with the attempt, and sends the browser to the page that says it: after a POST always a redirect,
 * so that neither reloading nor the way back sends a form again. The address names this very answer: another tab of the
 * same attempt shows its own, or none.
 */
export async function sendBack(
  { attempts }: { readonly attempts: Attempts },
  visit: Visit,
  path: string,
  { faults, values = {}, waitUntil }: SentBack,
): Promise<void> {
  const id = newId();
  const entry = { id, path, faults, values, ...(waitUntil === undefined ? {} : { waitUntilMs: waitUntil.getTime() }) };
  await attempts.change(visit.attempt.id, (attempt) =>
    attempt.userId === visit.attempt.userId
      ? { ...attempt, sentBack: JSON.stringify([...read(attempt), entry].slice(-keptAtMost)) }
      : undefined,
  );
  visit.context.redirect(`${pathsOf(visit.issuer, visit.attempt.id).below(path)}?fault=${id}`);
}

/** What was wrong with the form that this page answers. Looking uses nothing up: a page reloaded says it again. */
export function whatWasWrong(visit: Visit, path: string, now: Date): SentBack | undefined {
  const { fault } = visit.context.koa.query;
  if (fault === undefined) return undefined;
  const kept = read(visit.attempt).find((each) => each.id === fault && each.path === path);
  if (kept === undefined) return undefined;
  const { faults, values, waitUntilMs } = kept;
  if (waitUntilMs === undefined) return { faults: asFaults(faults), values };
  const seconds = Math.ceil((waitUntilMs - now.getTime()) / 1000);
  return seconds <= 0 ? { faults: {}, values } : { faults: asFaults(faults, { seconds }), values };
}

/** A password was wrong in this attempt, of late. */
export const wasPasswordWrong = ({ attempt }: Visit): boolean =>
  read(attempt).some(({ faults }) => faults['']?.key === faultKeys.passwordWrong);

function asFaults(faults: Kept[number]['faults'], left: Readonly<Record<string, number>> = {}): Faults {
  return Object.fromEntries(
    Object.entries(faults).map(([field, { key, params }]) =>
      params === undefined ? [field, { key }] : [field, { key, params: { ...params, ...left } }],
    ),
  );
}

function read(attempt: Attempt): Kept {
  return attempt.sentBack === undefined ? [] : keptShape.parse(JSON.parse(attempt.sentBack));
}
