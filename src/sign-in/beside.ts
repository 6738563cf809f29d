import { isOver } from './attempts.ts';
import { toldOf } from './guess-about.ts';
import type { Judged } from './guessing/index.ts';
import { recordWrong } from './refusals.ts';
import type { StepDeps } from './step.ts';

/** Which sign-in a proof is for that arrives beside its pages. */
export interface BesideAbout {
  readonly realm: string;
  readonly userId: string;
  readonly signIn: string;
  /** Factor kind. */
  readonly factor: string;
  /** Of the browser that asked for it: a wrong proof counts there. */
  readonly address: string;
}

/** `over`: the sign-in takes no more. */
export type BesideVerdict = 'right' | 'wrong' | 'over';

/**
 * Counts what is given beside the pages of a sign-in, such as keys pressed in a call, as a guess made in it. What was
 * right here resets nothing: that is for the page that takes it up.
 */
export function createBeside(
  deps: Pick<StepDeps, 'attempts' | 'people' | 'guessing' | 'now'>,
): (about: BesideAbout, judge: () => Promise<BesideVerdict>) => Promise<BesideVerdict> {
  return async ({ realm, userId, signIn, factor, address }, judge) => {
    const [attempt, person] = await Promise.all([deps.attempts.get(realm, signIn), deps.people.get(realm, userId)]);
    if (attempt?.state !== 'open' || attempt.userId !== userId || isOver(attempt, deps.now())) return 'over';
    if (person === undefined) return 'over';
    const browser = '';
    const guessed = await deps.guessing.guess<BesideVerdict>(
      {
        ...{ counter: 'second_factor', realm, person: toldOf(person), signIn, factor, address },
        ...{ portal: attempt.portal, browser, reference: attempt.reference, locale: person.locale ?? '' },
        alreadyWrong: attempt.wrongCodes,
      },
      async (): Promise<Judged<BesideVerdict>> => {
        const value = await judge();
        return { outcome: value === 'wrong' ? 'wrong' : 'void', value };
      },
    );
    const isEnded = await recordWrong(deps, { attempt, context: { address, browser } }, guessed);
    return guessed.ok && !isEnded ? guessed.value : 'over';
  };
}
