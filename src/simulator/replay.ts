import type { Audit } from '../audit/index.ts';
import { movedTo, type Past, readPast } from './past.ts';
import type { Played } from './scene.ts';
import type { CannotSimulate, Simulator } from './simulate.ts';

/** `today`: the same sign-in under the rules and with the methods of now; or why it cannot be played. */
export interface Replayed {
  readonly past: Past;
  readonly today:
    | ({ readonly ok: true } & Played)
    | { readonly ok: false; readonly why: CannotSimulate | 'not_recorded' };
  /** It would end as it did, by the same proofs. */
  readonly isSame: boolean;
}

/** A sign-in of the audit log: why it went as it did, and how it would go at `at`. Undefined: the log has none. */
export async function replay(
  { simulator, audit }: { readonly simulator: Simulator; readonly audit: Pick<Audit, 'list'> },
  realm: string,
  which: string,
  at: Date,
): Promise<Replayed | undefined> {
  const past = await readPast(audit, realm, which);
  if (past === undefined) return undefined;
  const { portal, userId, circumstances } = past;
  if (portal === undefined || userId === undefined || circumstances === undefined)
    return { past, today: { ok: false, why: 'not_recorded' }, isSame: false };
  const today = await simulator.simulate({ realm, portal, userId }, movedTo(circumstances, at));
  return { past, today, isSame: today.ok && isSame(past, today) };
}

function isSame(past: Past, { steps, end }: Played): boolean {
  if (end.end === 'refused') return past.ended === end.why;
  if (end.end !== 'done' || past.ended !== 'completed') return false;
  const given = steps.flatMap(({ step, takes }) =>
    takes !== undefined && (step === 'password' || step === 'challenge' || step === 'enrol') ? [takes] : [],
  );
  return (
    end.acr === past.acr &&
    isAlike(end.amr, past.amr ?? []) &&
    isAlike(given, past.proven) &&
    end.organization?.id === past.organization
  );
}

const isAlike = (one: readonly string[], other: readonly string[]) =>
  JSON.stringify(one.toSorted()) === JSON.stringify(other.toSorted());
