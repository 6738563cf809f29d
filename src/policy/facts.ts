import type { Effective } from './level.ts';
import type { Role } from './rules.ts';

/** All that a decision may depend on. */
export interface Facts {
  readonly now: Date;
  readonly rules: Effective;
  /** The factor kinds this product has. */
  readonly factors: ReadonlyMap<string, FactorFacts>;
  readonly request: {
    readonly acrValues: readonly string[];
    readonly essentialAcr: readonly string[];
    readonly needsConsent: boolean;
    /** Only this person may complete it. */
    readonly mustBe?: string;
  };
  /** Whom a right password (or the session that is built on) named. */
  readonly person?: PersonFacts;
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
   * `chosen:<kind>` (on `choose-method` or `second-method`; the last counts), `enrolled` (a method was set up),
   * `second_skipped`, `summary_seen`, `low:<kind>` (few are left of a backup).
   */
  readonly answers: readonly string[];
  readonly browser: {
    readonly isKnown: boolean;
    /** When this person, after a full sign-in, asked not to be asked again in this browser. */
    readonly rememberedAt?: Date;
  };
  /** The address the request comes from. */
  readonly address?: string;
  /** Organizations the session could be for, by the portal's subscriptions; `chosen` is one of them. */
  readonly organizations?: { readonly choices: readonly string[]; readonly chosen?: string };
}

export interface FactorFacts {
  readonly strength: 'mfa' | 'phr' | 'none';
  readonly isSelfService: boolean;
  /** Present: it can be the whole sign-in. */
  readonly alone?: object;
  /** For when the others are out of reach: asked for last, handed out after another was set up, no way to be ready. */
  readonly isBackup?: boolean;
  /** Ways its codes travel: at least one must be allowed by the rule of that name. */
  readonly channels?: readonly ('sms' | 'voice')[];
  /** Out of an inventory in which one may be assigned to a person beforehand: see `preassignedTokensOnly`. */
  readonly isFromInventory?: boolean;
}

export interface PersonFacts {
  readonly id: string;
  readonly isDisabled: boolean;
  readonly isSecondFactorLocked: boolean;
  readonly hasPassword: boolean;
  /** Code points of the password just proven, to ask for a longer one; absent when it was not typed now. */
  readonly passwordLength?: number;
  /** Active ones. */
  readonly methods: readonly { readonly id: string; readonly kind: string; readonly order: number }[];
  /** Memberships in force; `under`: the organizations above. */
  readonly memberships?: readonly {
    readonly organization: string;
    readonly under: readonly string[];
    readonly role: Role;
  }[];
  /** Sign-ins in which a requirement was put off, this one included once it was; `since`: the first. */
  readonly postponed?: { readonly times: number; readonly since: Date };
  /** Kinds of which one waits for them: a token assigned to them that they have not registered yet. */
  readonly provided?: readonly string[];
}
