import type { Doc } from '../store/index.ts';

/** One attempt, from the authorization request to the redirect back, bound to one browser. `id` is the interaction's uid. */
export interface Attempt extends Doc {
  readonly id: string;
  readonly realm: string;
  readonly portal: string;
  readonly state: 'open' | 'done' | 'ended';
  readonly endedBecause?: 'expired' | 'guesses' | 'cancelled' | 'locked' | 'disabled' | 'replaced';
  /** The person, once a right password (or a passkey) named them. Never set by an identifier alone. */
  readonly userId?: string;
  /** As typed at the password step, to keep it in the field. */
  readonly identifier?: string;
  readonly proven: readonly Proof[];
  /** Wrong second-factor codes in this attempt: five end it. */
  readonly wrongCodes: number;
  /** An enrolment under way: sealed JSON of `{ kind, state }`. */
  readonly enrolment?: string;
  /** Challenges under way: sealed JSON of `{ [methodId]: state }`. */
  readonly challenges?: string;
  /** Forms that were not taken, and why: sealed JSON, for people type passwords into the wrong field. See `sent-back.ts`. */
  readonly sentBack?: string;
  /** The organization that the session is to be for, once the person chose it. */
  readonly organization?: string;
  /** Which method the challenge page shows; the primary when absent. */
  readonly methodId?: string;
  /** Answers that are no proofs: `consented`, `postponed`, `started`, `chosen:<kind>`, `enrolled`, `second_skipped`, `summary_seen`, `low:<kind>`,
   * `remember_browser:<days>`;
   * `restarted`: the browser's session is not built on. */
  readonly answers: readonly string[];
  readonly reference: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Code points of the password proven. */
  readonly passwordLength?: number;
  /** The person's password, methods and state as this attempt knows them; it ends when others change them. See `basis.ts`. */
  readonly basis?: string;
  /** Why it was last refused, so that a page loaded again is told to the audit log once. */
  readonly refused?: string;
  /** Since when this attempt itself is changing the person (a new password, a method): others wait. */
  readonly changing?: Date;
  /** What was found, once done: whoever must tell the provider again tells it the same. */
  readonly outcome?: Outcome;
  /** Once done by a full sign-in: this browser becomes known to the person; `days`: remembered for so many, 0 for not. */
  readonly makesKnown?: { readonly days: number };
  /**
   * The browser in which the password was given (`RealmContext.browserMark`); no other goes on. The cookie of the attempt
   * alone can be planted by a neighbouring host, in the browser of somebody who then signs in for whoever began it.
   */
  readonly boundTo?: string;
  /** Kept beyond its end, so that "this sign-in is over" can say why. */
  readonly removeAt: Date;
}

export interface Outcome {
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the person was authenticated: now for a fresh password, the session's own when it was built on. */
  readonly authTime: Date;
  /** When the sign-in was completed: a session made of it later began then. */
  readonly completedAt: Date;
  /** Which one the session is for; absent: none. */
  readonly organization?: string;
}

/** What was proven in this attempt. */
export interface Proof {
  /** Factor kind. */
  readonly factor: string;
  readonly methodId?: string;
  readonly amr: readonly string[];
  readonly at: Date;
}

/** What oidc tells sign-in about the authorization request behind an attempt. */
export interface SignInRequest {
  readonly uid: string;
  readonly realm: string;
  readonly clientId: string;
  /** Scopes asked for, and those whose claims are asked for by name. */
  readonly scopes: readonly string[];
  /** Names of the resources it asks to use for the person. */
  readonly resources?: readonly string[];
  /** Voluntary: in order of preference. */
  readonly acrValues: readonly string[];
  /** Any one must be met, or the request fails with an error. */
  readonly essentialAcr: readonly string[];
  readonly loginHint?: string;
  readonly uiLocales: readonly string[];
  /** The browser's session, when it may be built on: not with `prompt=login`, a passed `max_age`, or idle for too long. */
  readonly session?: SessionFacts;
  /** Who must sign in (`id_token_hint`, or the session's person at step-up); another is refused. */
  readonly mustBe?: string;
  /** Which organization the portal wants the session to be for. */
  readonly organization?: string;
  /** The organization is to be chosen anew, whatever the session was for. */
  readonly choosesOrganization?: boolean;
  /** The portal must be agreed to (scopes and claims that no grant covers yet, or `prompt=consent`). */
  readonly needsConsent: boolean;
  /** Where the browser goes on, once it was answered: a form posted twice ends there as well. */
  readonly resume?: string;
  /** For `form-action`: the origin the browser will be sent back to. */
  readonly redirectOrigin: string;
}

/** Of the browser that sent a request, beside its session. */
export interface ComesFrom {
  readonly address: string;
  readonly cookie: (name: string) => string | undefined;
}

export interface SessionFacts {
  readonly userId: string;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly authTime: Date;
  /** Which one it is for; absent: none. */
  readonly organization?: string;
}

/** What sign-in asks of oidc. Every method checks that the request comes from the browser that began the attempt. */
export interface Interactions<Context = unknown> {
  find(
    context: Context,
    realm: string,
    uid: string,
  ): Promise<
    | { ok: true; request: SignInRequest }
    /** `clientId`: of the portal that began it, for the way back. */
    | { ok: false; why: 'other_browser'; clientId?: string }
    | { ok: false; why: 'unknown' }
  >;
  /** Writes the result; returns the address that resumes the authorization request. */
  complete(context: Context, uid: string, result: SignInResult): Promise<string>;
  /** Ends it with an OAuth error (`access_denied`, …); returns the address to go to. */
  abort(context: Context, uid: string, error: string, description: string): Promise<string>;
}

export interface SignInResult extends Outcome {
  readonly userId: string;
  readonly consented: boolean;
  /** The only browser that may resume the authorization request (`RealmContext.browserMark`). */
  readonly boundTo?: string;
}
