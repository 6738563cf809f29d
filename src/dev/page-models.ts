import type { OutboxEntry } from '../messaging/index.ts';

/**
 * What the development pages are given: `views/dev/{start,outbox,authenticator}.hbs`. Texts on them are English only;
 * their titles are the catalogue's `dev.start`, `dev.outbox` and `dev.authenticator`, their steps `dev-start` and so on.
 */

/** `/`: where a developer begins. */
export interface StartPage {
  readonly realms: readonly DemoRealm[];
  readonly outboxHref: '/dev/outbox';
  readonly authenticatorHref: '/dev/authenticator';
}

export interface DemoRealm {
  readonly id: string;
  readonly name: string;
  /** What can be tried there. */
  readonly about: string;
  readonly portals: readonly {
    /** `Webmail` */
    readonly name: string;
    /** The demo portal's front page. */
    readonly href: string;
  }[];
  readonly people: readonly DemoPerson[];
  readonly discoveryHref: string;
  /** `#rrggbb`. Style attributes are not allowed; an SVG `fill` is. */
  readonly accent: string;
  /** Of what stands on `accent`. */
  readonly accentInk: string;
  readonly mark: string;
}

export interface DemoPerson {
  readonly name: string;
  readonly about: string | undefined;
  /** What they type to sign in. */
  readonly identifier: string;
  readonly password: string | undefined;
  /** Their code is on the authenticator page. */
  readonly hasAuthenticator: boolean;
  /** Credential ids of tokens that are for them; their codes are on the authenticator page. */
  readonly tokens: readonly string[];
}

/** `/dev/outbox`: what would have been sent, newest first. */
export interface OutboxPage {
  readonly messages: readonly (Omit<OutboxEntry, 'takesKeys'> & {
    /** Where keys that are pressed in the call go (POST, `key` or `keys`); undefined where none are waited for. */
    readonly keysAction: string | undefined;
  })[];
  /** `/dev/outbox?after=…`, when there are older ones. */
  readonly olderHref: string | undefined;
}

/** `/dev/authenticator`: the codes that the demo people's apps would show. */
export interface AuthenticatorPage {
  readonly accounts: readonly AuthenticatorAccount[];
  /** What was pasted and could not be read: `too_short`, `not_base32`, `not_totp`. */
  readonly fault: 'too_short' | 'not_base32' | 'not_totp' | undefined;
  /** What was pasted, kept in the field when there is a fault. */
  readonly pasted: string;
  /** Where a pasted secret is sent (GET, field `secret`). */
  readonly action: '/dev/authenticator';
  /** The page as it is, for the reload button and the refresh without JavaScript. */
  readonly reloadHref: string;
  /** Seconds until the first code changes: for `<meta http-equiv="refresh">`, 1 to 60. */
  readonly refreshS: number;
}

export interface AuthenticatorAccount {
  /** `Mia Berg` or `The key you pasted`. */
  readonly label: string;
  readonly issuer: string;
  /** `482913`: for the copy button and `[data-code]`. */
  readonly code: string;
  /** `482 913`: for the eye. */
  readonly codeSpaced: string;
  /** The one after, for clocks that run slow. */
  readonly nextCode: string;
  readonly periodS: number;
  /** Whole seconds that the code has left, 1 to `periodS`. */
  readonly remainingS: number;
  readonly isPasted: boolean;
}
