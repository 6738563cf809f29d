import type { Acr } from './acr.ts';
import type { Decision } from './level.ts';

export type StepName = Next['step'];

export type Next = Decision &
  /** `alone`: kinds that may be the whole sign-in instead of the password. */
  (
    | { readonly step: 'password'; readonly alone: readonly string[] }
    /** `minLength`: code points, for this person. */
    | { readonly step: 'new-password'; readonly minLength: number }
    /** Ids of the methods that may be used, primary first. */
    | { readonly step: 'challenge'; readonly methods: readonly string[] }
    /** Why, what, and whether "Not now" works; the answer `started` (or going to a kind's page at once) leads to `enrol`. */
    | { readonly step: 'protect-account'; readonly kinds: readonly string[]; readonly canPostpone: boolean }
    | { readonly step: 'enrol'; readonly kinds: readonly string[]; readonly canPostpone: boolean }
    | { readonly step: 'consent' }
    | { readonly step: 'done'; readonly acr: Acr; readonly amr: readonly string[]; readonly authTime: Date }
    /** A page that says what to do; `acr_unmet` and `wrong_person` go back to the portal as an error. */
    | {
        readonly step: 'refused';
        readonly why: 'disabled' | 'second_factor_locked' | 'stuck' | 'acr_unmet' | 'wrong_person';
      }
  );
