/**
 * The interface every factor implements. A factor judges proofs and keeps its methods' data; it never sees HTTP,
 * never counts guesses (the engine in `sign-in/` does, around every call that judges) and never routes.
 */
import type { Effective } from '../policy/index.ts';
import type { Doc, OutboxItem, Updated } from '../store/index.ts';

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
  /** Every kind's, in order; removed ones are left out. */
  of(realm: string, userId: string): Promise<readonly Method[]>;
  update(id: string, change: (method: Method) => Method | undefined): Promise<Updated<Method>>;
}

/** For whom and in which sign-in; enough for names in apps and texts in messages. */
export interface FactorContext {
  readonly realm: {
    readonly id: string;
    readonly name: string;
    readonly issuer: string;
    /** AAGUIDs of the only authenticators allowed; all are when absent. */
    readonly authenticators?: readonly string[];
    /** ISO 3166-1: telephone numbers without a country code are from there. */
    readonly country?: string;
  };
  readonly user: { readonly id: string; readonly label: string; readonly locale: string };
  /** The sign-in (or account action) a proof is bound to. */
  readonly signIn: string;
  readonly now: Date;
  /** Where the request comes from. `reference`: names it in the log. */
  readonly from: {
    readonly address: string;
    /** Its /24, or the /56 of an IPv6 address. */
    readonly range: string;
    readonly browser: string;
    readonly reference: string;
  };
  /** What policy says here. */
  readonly rules: Effective;
  /** From the top down to the organization that the session is for: who pays for what is sent. Absent: none. */
  readonly organizationPath?: readonly string[];
  /** Organizations the person belongs to, the ones above included: what is set aside for one of them is for them. */
  readonly organizations?: readonly string[];
  /** Mails to the person's addresses, for the outbox of the change they tell of; none when they have none. */
  notice(template: string, params: Readonly<Record<string, string | number>>): readonly OutboxItem[];
  /** The person's own address, if they have one. `mail` goes there alone; `secrets` (codes) lie nowhere in clear. */
  readonly email?: string;
  mail(template: string, params: Readonly<Record<string, string | number>>, secrets: Secrets): readonly OutboxItem[];
}

export type Secrets = Readonly<Record<string, string>>;

/** What a page of this factor shows: goes to `views/factors/<kind>/<page>.hbs` as `factor`. No secrets but its own. */
export type PageModel = Readonly<Record<string, unknown>>;

/** Field name → value, each a string of at most 2,048 characters; absent fields are ''. */
export type Form = Readonly<Record<string, string>>;

/** JSON-safe state between two requests of one enrolment or challenge; the engine keeps it sealed. */
export type FactorState = Readonly<Record<string, unknown>>;

/**
 * What is asked from now on, and what must be sent for it. Of any number of requests that would ask at the same moment
 * one keeps its `state`, and only what that one has to send is sent: nothing leaves before.
 */
export interface Asking {
  readonly state: FactorState;
  /** Mails; written together with `state`. */
  readonly outbox?: readonly OutboxItem[];
  /**
   * Sends (a message, a call), once, after `state` was kept. Takes what must not lie in the state (the code itself) in its
   * closure. Answers within 3 s, also when nobody could be reached: the state as it is then, or undefined when it is as
   * before. What it throws is our fault, not a guess.
   */
  readonly deliver?: () => Promise<FactorState | undefined>;
}

/** Cannot be sent or asked for: the page says so (`faults`), and offers the other ways. */
export interface NotAsked {
  readonly refused: Refusal;
  readonly field: string;
}

/** A message or call that can be asked for again. Its button posts to `model.resendAction` with the factor's own fields. */
export interface Resend<Of extends readonly unknown[]> {
  /**
   * From when on it can be asked for again: pages count down to it, and the engine refuses before (`too_soon`). Undefined:
   * not any more in this sign-in.
   */
  from(...args: [...Of, state: FactorState]): Date | undefined;
  /** `form`: the button's fields, such as another `channel`. The old code is dead once the new state is kept. */
  send(...args: [...Of, state: FactorState, form: Form, context: FactorContext]): Promise<Asking | NotAsked>;
}

export type Enrolled =
  /** What was given is taken, and more is asked: the next page of the same enrolment (`enrolment.view`). */
  | ({ readonly ok: 'more' } & Asking)
  | {
      readonly ok: true;
      readonly method: { readonly name?: string; readonly data: Method['data']; readonly secret?: string };
      readonly amr: readonly string[];
    }
  /** `says`: catalogue key, where that of `why` does not fit. */
  | { readonly ok: false; readonly why: Refusal; readonly field: string; readonly says?: string };

/** `isRepeat`: `replayed`, but by the very sign-in that spent it: a form posted twice. Refused, and not counted. */
export type Verified =
  | {
      readonly ok: true;
      readonly amr: readonly string[];
      /** Of several methods of the kind, the one that was used. */
      readonly methodId?: string;
      /** Few are left of a backup. */
      readonly isLow?: boolean;
    }
  | { readonly ok: false; readonly why: Refusal; readonly field: string; readonly isRepeat?: boolean };

/** Who signs in, judged from a proof that names them itself. */
export type Identified =
  | { readonly ok: true; readonly userId: string; readonly methodId: string; readonly amr: readonly string[] }
  | { readonly ok: false; readonly why: Refusal };

/**
 * `wrong` and `replayed` are counted as guesses; the others are not. `malformed`: cannot be right whatever the secret is.
 * `expired`: the challenge is over, start a new one. `unsuitable`: right, and not allowed here. `unavailable`: cannot be
 * sent or judged now (a limit, a provider that does not answer). `too_soon`: asked for again before its time. `pending`:
 * what is waited for from elsewhere has not come yet.
 */
export type Refusal =
  | 'malformed'
  | 'wrong'
  | 'replayed'
  | 'expired'
  | 'unsuitable'
  | 'unavailable'
  | 'too_soon'
  | 'pending';

export interface Factor {
  readonly kind: string;
  /** `mfa` counts as a second factor; `none` never raises `acr`; `phr` is phishing-resistant. */
  readonly strength: 'mfa' | 'phr' | 'none';
  /** Ways its codes travel: policy must allow at least one. */
  readonly channels?: readonly ('sms' | 'voice')[];
  /** Tells a method without a name from others of its kind, such as `… 40`. */
  readonly hint?: (method: Method) => string;
  /** How many digits the code field shows as boxes; absent: no code field. */
  readonly digits?: (method: Method) => number;
  /** Whether a person can set this up alone. */
  readonly isSelfService: boolean;
  /** Nobody guesses its proofs (passkeys): goes on working while guesses at other factors are held. */
  readonly isExemptFromHolds?: boolean;
  /** A challenge bears one try, right or wrong: it is taken out of the sign-in before it is judged. */
  readonly isSpentByTry?: boolean;
  /** One challenge asks for all of the person's methods of this kind. */
  readonly answersForKind?: boolean;
  /** For when the others are out of reach: asked for last, handed out after another was set up. A new one replaces the old. */
  readonly isBackup?: boolean;
  /** Out of an inventory, in which one may be assigned to a person beforehand. */
  readonly isFromInventory?: boolean;
  /**
   * Of a kind out of an inventory: whether the realm has any at all, and whether one is assigned to the person that they
   * have not set up yet. `methods`: all of theirs.
   */
  supply?(
    realm: string,
    userId: string | undefined,
    methods: readonly Method[],
  ): Promise<{ readonly isStocked: boolean; readonly isProvided: boolean }>;
  /** The same for everybody in the realm at once. `methods`: those of the kind that a person has. */
  supplies?(realm: string): Promise<{
    readonly isStocked: boolean;
    isProvided(userId: string, methods: readonly Pick<Method, 'data'>[]): boolean;
  }>;
  /** A method of the kind was removed, `at` that moment: ends what else there is of it. May be told the same again. */
  removed?(method: Method, at: Date): Promise<void>;
  /**
   * What a right proof will say, as far as that is known beforehand; `otp` when absent. `method`: absent for one that is
   * only about to be set up. For the simulator.
   */
  foresee?(
    method: Method | undefined,
    rules: Effective,
  ): { readonly amr: readonly string[] /** Few will be left of a backup. */; readonly isLow?: boolean };
  /** Catalogue keys of refusals, where those about codes do not fit. */
  readonly faults?: Readonly<Partial<Record<Refusal, string>>>;
  /** As the whole sign-in: the proof names the person. Its button is `views/factors/<kind>/alone.hbs`. */
  readonly alone?: {
    /** Token that the identifier's `autocomplete` gains. */
    readonly autofill: string;
    begin(context: FactorContext): Promise<FactorState>;
    page(state: FactorState, context: FactorContext): Promise<PageModel>;
    /** `context.user` is nobody yet. */
    identify(state: FactorState, form: Form, context: FactorContext): Promise<Identified>;
  };
  readonly enrolment?: {
    /** `data-step` of its pages, as in the list of pages; `enrol-<kind>` when absent. */
    readonly step?: string;
    /** Fields that are filled again when the form was refused: never a code. */
    readonly keeps?: readonly string[];
    /** Which page is due: `views/factors/<kind>/<view>.hbs`, titled `factor.<kind>.<view>.title`; `enrol` when absent. */
    view?(state: FactorState): string;
    /** The first page; sends nothing. */
    begin(context: FactorContext): Promise<FactorState>;
    page(state: FactorState, context: FactorContext): Promise<PageModel>;
    /** Several pages: see `Enrolled`. A form of an earlier page, posted again, must do no harm. */
    submit(state: FactorState, form: Form, context: FactorContext): Promise<Enrolled>;
    readonly resend?: Resend<[]>;
    /** True: what the page waits for has come from elsewhere (a call); the engine then submits an empty form. */
    isAnswered?(state: FactorState, context: FactorContext): Promise<boolean>;
  };
  /**
   * Called when the challenge page first asks for this method in a sign-in. A right proof uses up what was asked: of two
   * requests that prove at the same moment one does. What is asked stays when the person tries another way and returns.
   */
  begin?(method: Method, context: FactorContext): Promise<Asking>;
  readonly resend?: Resend<[method: Method]>;
  /** True: the proof has come from elsewhere (an approval, a call); the engine then verifies an empty form. */
  isAnswered?(method: Method, state: FactorState, context: FactorContext): Promise<boolean>;
  /** With `isLost` nothing can be given on this page: it has no button to go on, only other ways and those to ask anew. */
  page(method: Method, state: FactorState, context: FactorContext): Promise<PageModel>;
  verify(method: Method, state: FactorState, form: Form, context: FactorContext): Promise<Verified>;
}
