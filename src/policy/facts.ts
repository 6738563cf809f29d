import type { Effective } from './level.ts';

/** All that a decision may depend on. */
export interface Facts {
  readonly now: Date;
  readonly rules: Effective;
  /** The factor kinds this product has. */
  readonly factors: ReadonlyMap<
    string,
    {
      readonly strength: 'mfa' | 'phr' | 'none';
      readonly isSelfService: boolean;
      /** Present: it can be the whole sign-in. */
      readonly alone?: object;
      /** For when the others are out of reach: asked for last, handed out after another was set up, no way to be ready. */
      readonly isBackup?: boolean;
    }
  >;
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
  readonly session?: {
    readonly userId: string;
    readonly amr: readonly string[];
    readonly acr: string;
    readonly authTime: Date;
  };
  /**
   * What happened in this attempt: `consented`, `postponed` ("Not now"), `started` ("Get started" on `protect-account`),
   * `enrolled` (a method was set up), `low:<kind>` (few are left of a backup).
   */
  readonly answers: readonly string[];
  readonly browser: { readonly isKnown: boolean };
}
