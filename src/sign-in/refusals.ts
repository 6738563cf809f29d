import type { Factor, Refusal } from '../factors/index.ts';
import { secondFactorGuesses } from '../policy/index.ts';
import type { Attempt } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import type { Guessed } from './guessing/index.ts';
import { faultKeys } from './page-models.ts';
import type { Faults } from './show.ts';

const keyOf: Record<Refusal | 'busy', string> = {
  malformed: faultKeys.codeMalformed,
  wrong: faultKeys.codeWrong,
  replayed: faultKeys.codeReplayed,
  expired: faultKeys.codeExpired,
  unsuitable: faultKeys.codeWrong,
  unavailable: faultKeys.unavailable,
  too_soon: faultKeys.tooSoon,
  pending: faultKeys.pending,
  busy: faultKeys.busy,
};

export function refusalFaults(why: Refusal | 'busy', field: string, factor?: Pick<Factor, 'faults'>): Faults {
  if (why === 'busy') return { '': { key: keyOf.busy } };
  return { [field]: { key: factor?.faults?.[why] ?? keyOf[why] } };
}

/** Wrong codes that one sign-in bears. */
export const codesPerSignIn = secondFactorGuesses.perSignIn ?? 0;

/** Keeps the attempt's own count, and ends it where the counter says so. True: it is over. */
export async function recordWrong(
  deps: { readonly attempts: Attempts },
  visit: {
    readonly attempt: Attempt;
    readonly context: { readonly address: string; readonly browser: string };
  },
  guessed: Guessed<unknown>,
): Promise<boolean> {
  const { attempt, context } = visit;
  if (!guessed.ok) {
    if (guessed.why === 'held' || guessed.why === 'busy') return false;
    await deps.attempts.end(attempt.id, guessed.why === 'locked' ? 'locked' : 'guesses', {
      address: context.address,
      browser: context.browser,
    });
    return true;
  }
  if (guessed.outcome !== 'wrong') return false;
  const wrongCodes = guessed.wrongHere;
  await deps.attempts.change(attempt.id, (now) => ({ ...now, wrongCodes: Math.max(now.wrongCodes, wrongCodes) }));
  if (wrongCodes < codesPerSignIn) return false;
  await deps.attempts.end(attempt.id, 'guesses', { address: context.address, browser: context.browser });
  return true;
}
