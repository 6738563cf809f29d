import type { Decision, Effective } from './effective.ts';

/** All that a decision may depend on. */
export interface Facts {
  readonly now: Date;
  readonly rules: Effective;
  /** The factor kinds this product has. */
  readonly factors: ReadonlyMap<string, { readonly strength: 'mfa' | 'phr' | 'none'; readonly isSelfService: boolean }>;
  readonly request: {
    readonly acrValues: readonly string[];
    readonly essentialAcr: readonly string[];
    readonly needsConsent: boolean;
    /** Only this person may complete it. */
    readonly mustBe?: string;
  };
  /** Whom a right password (or the session that is built on) named. */
  readonly person?: {
    readonly id: string;
    readonly isDisabled: boolean;
    readonly isSecondFactorLocked: boolean;
    readonly hasPassword: boolean;
    /** Code points of the password just proven, to ask for a longer one; absent when it was not typed now. */
    readonly passwordLength?: number;
    /** Active ones. */
    readonly methods: readonly { readonly id: string; readonly kind: string; readonly order: number }[];
  };
  /** What this attempt has proven, in order. */
  readonly proven: readonly { readonly factor: string; readonly amr: readonly string[]; readonly at: Date }[];
  readonly session?: { readonly userId: string; readonly amr: readonly string[]; readonly acr: string; readonly authTime: Date };
  /** Answers given in this attempt: `consented`, `postponed`. */
  readonly answers: readonly string[];
  readonly browser: { readonly isKnown: boolean };
}

export type StepName = Next['step'];

export type Next = Decision &
  (
    | { readonly step: 'password' }
    | { readonly step: 'new-password' }
    /** Ids of the methods that may be used, primary first. */
    | { readonly step: 'challenge'; readonly methods: readonly string[] }
    /** Why, what, and whether "Not now" works; then `enrol`. */
    | { readonly step: 'protect-account'; readonly kinds: readonly string[]; readonly canPostpone: boolean }
    | { readonly step: 'enrol'; readonly kinds: readonly string[]; readonly canPostpone: boolean }
    | { readonly step: 'consent' }
    | { readonly step: 'done'; readonly acr: 'single' | 'mfa' | 'phr'; readonly amr: readonly string[]; readonly authTime: Date }
    /** A page that says what to do; `acr_unmet` and `wrong_person` go back to the portal as an error. */
    | { readonly step: 'refused'; readonly why: 'disabled' | 'second_factor_locked' | 'stuck' | 'acr_unmet' | 'wrong_person' }
  );

/** What is missing, and why. */
export declare function next(facts: Facts): Next;
