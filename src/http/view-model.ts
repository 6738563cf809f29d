/**
 * What templates see. A page `views/<view>.hbs` and `views/layout.hbs` get the same root: the layout's fields, `values`,
 * `faults`, and the route's own data under `model` (a factor's page model is `model.factor`). Templates compile in
 * strict mode: printing a field that is not in its object throws (`{{#if}}`, `{{#each}}` and helper arguments may name
 * absent ones). Inside `{{#each}}` the root is `@root`.
 *
 * Helpers (all output is escaped unless it says HTML):
 * - `{{t 'key' name=value}}`: the catalogue's ICU message as plain text. A missing key throws.
 * - `{{rich 'key' name=value}}`: HTML; the message may hold `<b>` and `<code>`, values are escaped.
 * - `{{when date 'dateTime'}}`: HTML `<time datetime title>`; also `'date'`, `'time'`, `'relative'`. Takes a Date or ISO text.
 *   In messages plain text, with the zone.
 * - `{{fault 'password'}}`: the fault's text, or ''. `{{#if (fault 'password')}}` works. `''` is the whole form's.
 * - `{{value 'identifier'}}`: what was typed, or ''.
 * - `{{asset 'gate.css'}}`: the address of `views/assets/gate.css` with its content hash. An unknown name throws.
 * - `(concat 'factor.' kind '.name')`, `(eq a b)`, `(or a b)`, `(not a)`: for keys and conditions.
 * Messages (`views/messages/…`) use `t`, `rich`, `when`, `concat`, `eq`, `or`, `not`; text parts are rendered without HTML escaping.
 */
export interface LayoutModel {
  /** Language tag of `<html lang>`. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** For `<title>`: the step and where it leads, `Enter your code · Partner Portal`. */
  readonly title: string;
  /** The step alone, `Enter your code`: the page's `h1`. */
  readonly heading: string;
  /** `data-step` of `<main>`. */
  readonly step: string;
  readonly realm: RealmModel;
  readonly portal: { readonly name: string; readonly homeUrl: string | undefined } | undefined;
  /** Once known. `notYouHref` starts over as somebody else. */
  readonly person: { readonly label: string; readonly notYouHref: string | undefined } | undefined;
  /** Hidden field `csrf` of every form that posts. */
  readonly csrf: string;
  /** Hidden field `made_for` of every form that posts; undefined: made for nobody in particular. */
  readonly madeFor: string | undefined;
  /** Links that choose a language for this browser; one entry has `current`. Empty when there is only one language. */
  readonly languages: readonly {
    readonly code: string;
    readonly name: string;
    readonly href: string;
    readonly current: boolean;
  }[];
  readonly links: { readonly privacy: string | undefined; readonly help: string | undefined };
  readonly support: {
    readonly email: string | undefined;
    readonly phone: string | undefined;
    readonly url: string | undefined;
  };
  /** This request's reference number, for the error page's small print. */
  readonly reference: string;
  readonly values: Readonly<Record<string, string>>;
  /** Field name → translated text. */
  readonly faults: Readonly<Record<string, string>>;
  /** Names of the fields with a fault, in the order given; the first gets the focus. */
  readonly faultyFields: readonly string[];
  readonly model: Readonly<Record<string, unknown>>;
  /** The rendered page, for `{{{body}}}` in the layout; '' while the page itself renders. */
  readonly body: string;
}

export interface RealmModel {
  /** '' on pages that belong to no realm (start page, errors outside of realms). */
  readonly id: string;
  readonly name: string;
  readonly mark: string;
  readonly accent: string;
  readonly accentInk: string;
  /** Style sheet that sets `--accent` and `--accent-ink`; link it after `gate.css`. */
  readonly themeHref: string;
  /** Path (or origin) in front of the realm's pages, without a trailing slash: `{{realm.base}}/sign-in/…`. */
  readonly base: string;
}

/** `model` of `views/error.hbs` (step `error`, title `error.title`). The reference number is `reference`. */
export interface ErrorPage {
  readonly status: number;
  /** `bad_request`, `not_found`, `internal`, …: for an icon or a detail; the words are in `text`. */
  readonly code: string;
  /** What happened and what to do next, translated. */
  readonly text: string;
  /** Seconds after which it is worth trying again. */
  readonly retryAfterS: number | undefined;
  /** The page to try again, when the refused request was a form of ours. */
  readonly retryHref: string | undefined;
}

/** `model` of `views/sign-in/cookies-off.hbs` (step `cookies-off`, title `sign-in.cookies-off.title`). */
export interface CookiesOffPage {
  readonly retryHref: string;
}
