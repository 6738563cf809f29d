import type { Acr } from './acr.ts';
import type { Decision } from './level.ts';

export type StepName = Next['step'];

/** How long the set-up may still be put off: the end, and how many sign-ins, as far as policy sets them. */
export interface Postponement {
  readonly until?: Date;
  readonly left?: number;
  /** Each use is to be counted with the person (`postponed` of the facts). */
  readonly isCounted: boolean;
}

export type Next = Decision &
  /** `alone`: kinds that may be the whole sign-in instead of the password. */
  (
    | { readonly step: 'password'; readonly alone: readonly string[] }
    /** `minLength`: code points, for this person. */
    | { readonly step: 'new-password'; readonly minLength: number }
    /** Organizations of which this session is for one. */
    | { readonly step: 'choose-organization'; readonly organizations: readonly string[] }
    /**
     * `methods`: ids of those that may be used, primary first. `canRememberDays`: for how long this browser may go
     * without afterwards; 0: not.
     */
    | { readonly step: 'challenge'; readonly methods: readonly string[]; readonly canRememberDays: number }
    /**
     * Why, what, and whether "Not now" works (`postponement`: until when, where it must be done at last); the answer
     * `started` leads on.
     */
    | {
        readonly step: 'protect-account';
        readonly kinds: readonly string[];
        readonly canPostpone: boolean;
        readonly postponement?: Postponement;
      }
    /** More than one kind can be set up; the answer `chosen:<kind>` leads to its page. */
    | { readonly step: 'choose-method'; readonly kinds: readonly string[]; readonly canPostpone: boolean }
    | { readonly step: 'enrol'; readonly kinds: readonly string[]; readonly canPostpone: boolean }
    /** A method of another kind than the person has; `chosen:<kind>`, or `second_skipped` where that can be. */
    | { readonly step: 'second-method'; readonly kinds: readonly string[]; readonly canSkip: boolean }
    /** Ids of what the person has now, primary first; ended by `summary_seen`. */
    | { readonly step: 'summary'; readonly methods: readonly string[] }
    | { readonly step: 'consent' }
    | { readonly step: 'done'; readonly acr: Acr; readonly amr: readonly string[]; readonly authTime: Date }
    /** A page that says what to do; `acr_unmet` and `wrong_person` go back to the portal as an error. */
    | {
        readonly step: 'refused';
        readonly why:
          | 'disabled'
          | 'second_factor_locked'
          | 'stuck'
          | 'acr_unmet'
          | 'wrong_person'
          | 'network'
          | 'hours';
      }
  );
