/** A text in the reader's language: catalogue key, and what fills its placeholders. */
export interface Text {
  readonly key: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

/** What a page of ours is given; `views/` turns it into HTML. Routes make it, templates never compute. */
export interface PageRequest {
  /** `sign-in/password`, `factors/totp/enrol`, `error`: a file below `views/`. */
  readonly view: string;
  /** `data-step` of `<main>`, as in the list of pages. */
  readonly step: string;
  /** Catalogue key of the title; `params` fill it. */
  readonly titleKey: string;
  readonly params?: Readonly<Record<string, string | number>>;
  /** Shown beside fields: field name → catalogue key and params. `''` is for the whole form. */
  readonly faults?: Readonly<Record<string, Text>>;
  /** What was typed, never a password. */
  readonly values?: Readonly<Record<string, string>>;
  /** Everything else the template needs, under `model`. Give every key: templates are strict. */
  readonly model?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  /** Origins that `form-action` allows beside `'self'`. */
  readonly formOrigins?: readonly string[];
  /** "to continue to Partner Portal", and the way back. */
  readonly portal?: { readonly name: string; readonly homeUrl?: string };
  /** Named on the page once known; `notYouHref` starts over as somebody else. */
  readonly person?: { readonly label: string; readonly notYouHref?: string };
  /** Hidden field `made_for` of every form on the page: whoever judges the form compares it. */
  readonly madeFor?: string | undefined;
  /** IANA zone for dates on the page; UTC when unknown. */
  readonly timeZone?: string;
  /** The only language it is written in; the reader's where left out. */
  readonly onlyLanguage?: string;
  /** Seconds after which the browser loads the page again, for live pages without scripts. */
  readonly refreshS?: number;
}
