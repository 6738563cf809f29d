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
  readonly faults?: Readonly<Record<string, { readonly key: string; readonly params?: Readonly<Record<string, string | number>> }>>;
  /** What was typed, never a password. */
  readonly values?: Readonly<Record<string, string>>;
  /** Everything else the template needs. */
  readonly model?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  /** Origins that `form-action` allows beside `'self'`. */
  readonly formOrigins?: readonly string[];
}
