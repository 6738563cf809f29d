import type { Factor } from '../factors/index.ts';
import { ask } from './challenges.ts';
import { factorContext } from './factor-context.ts';
import type { PasswordPage } from './page-models.ts';
import { pathsOf } from './paths.ts';
import type { StepDeps } from './step.ts';
import type { Visit } from './visit.ts';

export type Alone = Factor & Required<Pick<Factor, 'alone'>>;

/** Names its challenge among those of the attempt. */
export const aloneKey = (kind: string) => `alone:${kind}`;

/** Proofs that name the person and are the whole sign-in, where policy offers them beside the password. */
export function offeredAlone({ factors }: StepDeps, { next }: Visit): readonly Alone[] {
  const kinds = next.step === 'password' ? next.alone : [];
  return kinds.flatMap((kind) => {
    const factor = factors.kinds.get(kind);
    return factor?.alone === undefined ? [] : [{ ...factor, alone: factor.alone }];
  });
}

/** Their parts of the password page. */
export async function aloneParts(deps: StepDeps, visit: Visit): Promise<PasswordPage['alone']> {
  const parts: PasswordPage['alone'][number][] = [];
  for (const { kind, alone } of offeredAlone(deps, visit)) {
    const context = factorContext(deps, visit);
    const current = (await deps.attempts.get(visit.request.realm, visit.attempt.id)) ?? visit.attempt;
    const state = await ask(deps.attempts, current, aloneKey(kind), async () => ({
      state: await alone.begin(context),
    }));
    const action = pathsOf(visit.issuer, visit.attempt.id).full(`/alone/${kind}`);
    parts.push({ kind, action, autofill: alone.autofill, factor: await alone.page(state, context) });
  }
  return parts;
}
