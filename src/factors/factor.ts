/**
 * The interface every factor implements. A factor judges proofs and keeps its methods' data; it never sees HTTP,
 * never counts guesses (the engine in `sign-in/` does, around every call that judges) and never routes.
 */
import type { Doc, Updated } from '../store/index.ts';

/** One enrolled factor of one user. */
export interface Method extends Doc {
  readonly id: string;
  readonly realm: string;
  readonly userId: string;
  readonly kind: string;
  /** Given by the person. Absent: pages and mails say what kind it is, in the reader's language. */
  readonly name?: string;
  /** 1 is the primary. */
  readonly order: number;
  readonly state: 'pending' | 'active' | 'disabled';
  /** The factor's own data: never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The factor's secret, sealed at rest. */
  readonly secret?: string;
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
  /**
   * The how-manieth method this person ever bound. Unique per person, so that of two enrolments which both began
   * before either was done only one can end.
   */
  readonly slot: number;
  /** Taken away from the person; the record of it stays, without its secret (63B-4 §4.1). */
  readonly removedAt?: Date;
}

/** The methods of the factor's own kind; the room keeps the collection. */
export interface Methods {
  update(id: string, change: (method: Method) => Method | undefined): Promise<Updated<Method>>;
}

/** For whom and in which sign-in; enough for names in apps and texts in messages. */
export interface FactorContext {
  readonly realm: { readonly id: string; readonly name: string; readonly issuer: string };
  readonly user: { readonly id: string; readonly label: string; readonly locale: string };
  /** The sign-in (or account action) a proof is bound to. */
  readonly signIn: string;
  readonly now: Date;
}

/** What a page of this factor shows: goes to `views/factors/<kind>/<page>.hbs` as `factor`. No secrets but its own. */
export type PageModel = Readonly<Record<string, unknown>>;

/** Field name → value, each a string of at most 2,048 characters; absent fields are ''. */
export type Form = Readonly<Record<string, string>>;

/** JSON-safe state between two requests of one enrolment or challenge; the engine keeps it sealed. */
export type FactorState = Readonly<Record<string, unknown>>;

export type Enrolled =
  | {
      readonly ok: true;
      readonly method: { readonly name?: string; readonly data: Method['data']; readonly secret?: string };
      readonly amr: readonly string[];
    }
  | { readonly ok: false; readonly why: Refusal; readonly field: string };

/** `isRepeat`: `replayed`, but by the very sign-in that spent it: a form posted twice. Refused, and not counted. */
export type Verified =
  | { readonly ok: true; readonly amr: readonly string[] }
  | { readonly ok: false; readonly why: Refusal; readonly field: string; readonly isRepeat?: boolean };

/**
 * `malformed`: cannot be right whatever the secret is (not counted as a guess). `wrong` and `replayed` are counted.
 * `expired`: the challenge is over, start a new one (not counted).
 */
export type Refusal = 'malformed' | 'wrong' | 'replayed' | 'expired';

export interface Factor {
  readonly kind: string;
  /** `mfa` counts as a second factor; `none` never raises `acr`; `phr` is phishing-resistant. */
  readonly strength: 'mfa' | 'phr' | 'none';
  /** How many digits the code field shows as boxes; absent: no code field. */
  readonly digits?: (method: Method) => number;
  /** Whether a person can set this up alone. */
  readonly isSelfService: boolean;
  /** Nobody guesses its proofs (passkeys): goes on working while guesses at other factors are held. */
  readonly isExemptFromHolds?: boolean;
  readonly enrolment?: {
    /** `data-step` of its page, as in the list of pages; `enrol-<kind>` when absent. */
    readonly step?: string;
    begin(context: FactorContext): Promise<FactorState>;
    page(state: FactorState, context: FactorContext): Promise<PageModel>;
    submit(state: FactorState, form: Form, context: FactorContext): Promise<Enrolled>;
  };
  /** Called when the challenge page first asks for this method in a sign-in; sends what must be sent. */
  begin?(method: Method, context: FactorContext): Promise<FactorState>;
  page(method: Method, state: FactorState, context: FactorContext): Promise<PageModel>;
  verify(method: Method, state: FactorState, form: Form, context: FactorContext): Promise<Verified>;
}
