/**
 * What each sign-in page is given under `model`. Every key is always there. Paths are complete: they go into `action` and
 * `href` as they are. `person`, `portal`, `formOrigins` and `timeZone` travel beside the model, in the page request.
 *
 * | view | data-step | shown |
 * |---|---|---|
 * | `sign-in/password` | `password` | identifier and password |
 * | `sign-in/new-password` | `new-password` | the password that was right is too short for the rules, or none is set yet |
 * | `sign-in/protect-account` | `protect-account` | why, *Get started*, *Not now* |
 * | `sign-in/choose-organization` | `choose-organization` | which of several organizations this session is for |
 * | `sign-in/choose-method` | `choose-method` | what to set up, of several |
 * | `sign-in/second-method` | `second-method` | a second method of another kind |
 * | `sign-in/summary` | `summary` | what was set up: which is asked first |
 * | `factors/<kind>/enrol` | the factor's, `enrol-app` for `totp` | an enrolment; the factor's own part is `model.factor` |
 * | `factors/<kind>/challenge` | `challenge` | a challenge; the frame around `model.factor` is one partial for all kinds |
 * | `sign-in/consent` | `consent` | what the portal will learn |
 * | `sign-in/held` | `held` | until when, whom to call |
 * | `sign-in/refused` | `refused` | what cannot go on here, and what to do |
 * | `sign-in/expired`, `sign-in/finished`, `sign-in/cookies-off` | the same | dead ends that say what to do |
 * | `sign-in/invitation` | `invitation` | a first password, then on to the portal |
 */
import type { PageModel } from '../factors/index.ts';

/** In every page of a sign-in that is still open. */
export interface OpenPage {
  /** Where this page's main form posts to. */
  readonly action: string;
  /** POST, no fields: back to the portal without signing in. */
  readonly cancelAction: string;
}

/** What a step gives of its page; the rest is the same for all. */
export type PageOf<P extends OpenPage> = Omit<P, keyof OpenPage>;

/** Form at `action`: `identifier`, `password`. Faults: `identifier`, `password`, '' (wrong, wait, busy). */
export interface PasswordPage extends OpenPage {
  /** Only this person can go on (step-up, a session that was idle): the field is filled, as `values.identifier`. */
  readonly isReturning: boolean;
  /** Proofs that are the whole sign-in: each a form of its own, `factors/<kind>/alone`. */
  readonly alone: readonly {
    readonly kind: string;
    readonly action: string;
    readonly autofill: string;
    readonly factor: PageModel;
  }[];
  /** Tokens that the identifier's `autocomplete` gains, each with a blank before it. */
  readonly autofill: string;
}

/** Form at `action`: `new_password`, `confirm_password`. */
export interface NewPasswordPage extends OpenPage {
  /** Code points. */
  readonly minLength: number;
  readonly maxLength: number;
  readonly why: 'too_short' | 'none_yet';
}

/** Forms: each posts `organization` to `action`. */
export interface ChooseOrganizationPage extends OpenPage {
  /** In order of name. `within`: what is above it, where two have the same name. */
  readonly organizations: readonly { readonly id: string; readonly name: string; readonly within?: string }[];
}

/** `startAction`: POST, no fields: go on to set up. */
export interface ProtectAccountPage extends OpenPage {
  readonly startAction: string;
  /** *Not now* works: POST, no fields, to `postponeAction`. */
  readonly canPostpone: boolean;
  readonly postponeAction: string;
  /** How long *Not now* will go on to work, where a rule says. `left`: sign-ins, this one included. */
  readonly postponeUntil: Date | undefined;
  readonly postponementsLeft: number | undefined;
  /** Factor kinds on offer, in order. */
  readonly kinds: readonly KindOnOffer[];
  /** Whether a rule demands it, or it is advice. */
  readonly isRequired: boolean;
}

/** Named by the catalogue's `factor.<kind>.name`, explained by `factor.<kind>.about`. */
export interface KindOnOffer {
  readonly kind: string;
}

/** Form at `action`: `method`, a kind. */
export interface ChooseMethodPage extends OpenPage {
  readonly kinds: readonly KindOnOffer[];
  readonly canPostpone: boolean;
  readonly postponeAction: string;
}

/** Form at `action`: `method`, a kind. `skipAction`: POST, no fields, where it need not be now. */
export interface SecondMethodPage extends OpenPage {
  readonly kinds: readonly KindOnOffer[];
  readonly canSkip: boolean;
  readonly skipAction: string;
}

/** Form at `action`: no fields; on to the portal. */
export interface SummaryPage extends OpenPage {
  /** `primary`: asked first; `secondary`: any one of them does as well; `backup`: for when no other is at hand. */
  readonly methods: readonly {
    readonly kind: string;
    readonly name: string | undefined;
    readonly place: 'primary' | 'secondary' | 'backup';
  }[];
}

/** A message that can be asked for again: POST to `action`, the factor's fields. `at`: not before, counted down to. */
export interface ResendPart {
  readonly action: string;
  readonly at: Date | undefined;
}

/** `factors/<kind>/<view>`. Form at `action`: the factor's fields. */
export interface EnrolPage extends OpenPage {
  readonly kind: string;
  readonly factor: PageModel;
  readonly resend: ResendPart | undefined;
  /** On later pages of an enrolment: POST, no fields: back to its first. */
  readonly againAction: string | undefined;
  readonly canPostpone: boolean;
  readonly postponeAction: string;
  /** POST, no fields: back to where the kind was chosen. */
  readonly chooseAction: string | undefined;
  /** Other kinds that may be set up instead. */
  readonly otherKinds: readonly { readonly kind: string; readonly href: string }[];
}

/** `factors/<kind>/challenge`. Form at `action`: the factor's fields. Faults: the factor's field, ''. */
export interface ChallengePage extends OpenPage {
  readonly kind: string;
  /** Absent: the person gave it none. */
  readonly methodName?: string | undefined;
  /** As many boxes as the code has digits; undefined: no code field. */
  readonly digits: number | undefined;
  readonly factor: PageModel;
  readonly resend: ResendPart | undefined;
  /** Given when few are left (3 or less before this sign-in ends). */
  readonly attemptsLeft: number | undefined;
  /** "Try another way": each posts `method` to `methodAction`. */
  readonly otherMethods: readonly { readonly id: string; readonly kind: string; readonly name?: string | undefined }[];
  readonly methodAction: string;
  /** Codes are held, and this goes on working: the held ones are left out of `otherMethods`. */
  readonly areOthersHeld: boolean;
  /** *Remember this browser*, the box `remember_browser` (`yes`): for so many days; 0: no such box. */
  readonly rememberDays: number;
}

/** Forms: `action` agrees (POST, no fields), `cancelAction` declines. */
export interface ConsentPage extends OpenPage {
  /** Scopes asked for, without `openid`; named by `scope.<name>` (`profile`, `email`, `offline_access`). */
  readonly scopes: readonly string[];
  /** Names of the resources it asks to use for the person. */
  readonly resources: readonly string[];
}

/** The same for identifiers that nobody has. */
export interface HeldPage {
  readonly until: Date;
  /** `code`: the form behind was a code's. */
  readonly what: 'password' | 'code';
  /** GET: try again when the time is over. */
  readonly retryHref: string;
  /** POST, no fields. */
  readonly cancelAction: string;
}

/**
 * `disabled`; `second_factor_locked` (100 wrong codes: an admin must help); `stuck` (must have a second factor and can set
 * up none alone); `guesses` (five wrong codes ended this sign-in); `changed` (password or methods changed meanwhile);
 * `locked` (ended because the account was locked or shut); `portal` (it was shut or removed meanwhile).
 */
export interface RefusedPage {
  readonly why:
    | 'disabled'
    | 'second_factor_locked'
    | 'stuck'
    | 'network'
    | 'hours'
    | 'guesses'
    | 'changed'
    | 'locked'
    | 'portal';
  /** POST, no fields: tell the portal. Undefined when the portal no longer waits. */
  readonly cancelAction: string | undefined;
}

/** The way on is `portal.homeUrl` beside the model. */
export interface ExpiredPage {
  readonly why: 'expired' | 'unknown' | 'cancelled';
}

export type FinishedPage = Readonly<Record<string, never>>;

/** `no_cookies`: this browser sends none; `other_browser`: the sign-in was begun in another one. */
export interface CookiesOffPage {
  readonly why: 'no_cookies' | 'other_browser';
}

/**
 * `password`: form at `action`: `new_password`, `confirm_password` (opening the link uses nothing up: mail scanners click).
 * `done`: on to a portal. `invalid`, `expired`: ask for a new link.
 */
export interface InvitationPage {
  readonly stage: 'password' | 'done' | 'invalid' | 'expired';
  readonly action: string;
  readonly minLength: number;
  readonly maxLength: number;
  readonly portals: readonly { readonly name: string; readonly homeUrl: string }[];
}

/**
 * Titles: `sign-in.<step>.title`, `factor.<kind>.enrol.title`, `factor.<kind>.challenge.title`.
 * Faults: keys beginning with `fault.`.
 */
export const faultKeys = {
  identifierMissing: 'fault.identifier_missing',
  passwordMissing: 'fault.password_missing',
  /** The same whether or not the account exists. */
  passwordWrong: 'fault.password_wrong',
  /** `{seconds}` */
  wait: 'fault.wait',
  /** Another guess for the same account is being judged, or the machine is busy: try again. */
  busy: 'fault.busy',
  codeMalformed: 'fault.code_malformed',
  codeWrong: 'fault.code_wrong',
  /** This very code was used before: wait for the next. */
  codeReplayed: 'fault.code_replayed',
  codeExpired: 'fault.code_expired',
  /** Nothing can be sent or judged this way now: another way. */
  unavailable: 'fault.unavailable',
  /** Asked for again before its time. */
  tooSoon: 'fault.too_soon',
  /** What is waited for has not come. */
  pending: 'fault.pending',
  newPasswordTooShort: 'fault.new_password_too_short',
  newPasswordTooLong: 'fault.new_password_too_long',
  newPasswordCommon: 'fault.new_password_common',
  newPasswordLikeIdentifier: 'fault.new_password_like_identifier',
  newPasswordUnlike: 'fault.new_password_unlike',
} as const;
