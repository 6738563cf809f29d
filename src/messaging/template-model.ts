/**
 * What a message template is given. `views/messages/<template>/` holds `mail.txt.hbs` and `mail.hbs` (HTML); the
 * subject is the catalogue's `message.<template>.subject`, filled with `params` and `realm` (its name). Both parts are
 * rendered in the reader's language with the helpers of pages (`t`, `when`).
 */
export interface MessageModel {
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  readonly subject: string;
  readonly realm: {
    readonly name: string;
    readonly accent: string;
    readonly accentInk: string;
    readonly mark: string;
    readonly support: {
      readonly email: string | undefined;
      readonly phone: string | undefined;
      readonly url: string | undefined;
    };
  };
  /** As the sender gave them, see `MessageParams`. */
  readonly params: Readonly<Record<string, string | number>>;
}

/** The values of each message. Times are ISO 8601; `browser` is `Firefox on Windows`, `address` the client's. */
export interface MessageParams {
  readonly invitation: { readonly name: string; readonly link: string; readonly until: string };
  /** Without `until`: second factors are locked until an admin or recovery binds them anew. */
  readonly 'account-held': Where & { readonly until?: string };
  /** `kind`: of the factor. `method`: what the person called it. */
  readonly 'method-added': Where & { readonly kind: string; readonly method?: string };
  /** `left`: codes that are still good. */
  readonly 'recovery-used': Where & { readonly left: number };
  /** `code`: good for ten minutes. */
  readonly 'email-code': Where & { readonly code: string };
  /** A method was taken away, or does not work any more. By an operator: without `address` and `browser`. */
  readonly 'method-removed': Pick<Where, 'name' | 'at'> &
    Partial<Where> & { readonly kind: string; readonly method?: string };
  readonly 'addresses-changed': Pick<Where, 'name' | 'at'>;
  readonly 'new-browser': Where;
  /** In a call somebody said that they are not signing in. */
  readonly 'phone-reported': Where;
  readonly 'password-changed': { readonly name: string; readonly at: string };
  /** `level`: who pays. `month`: `2026-11`. `spent` and `budget`: `12.50 EUR`. */
  readonly 'code-budget-warned': Budgeted;
  readonly 'code-budget-reached': Budgeted;
  /** Before and after a wave of a roll-out begins, to who is not ready; `at`: when it begins. */
  readonly 'rollout-ahead': Pick<Where, 'name' | 'at'>;
  readonly 'rollout-begun': Pick<Where, 'name' | 'at'>;
  /** To admins: `wave` of `waves`, and those after it, are not bound any more. */
  readonly 'rollout-stopped': Pick<Where, 'name' | 'at'> & {
    readonly rollout: string;
    readonly wave: number;
    readonly waves: number;
    readonly people: number;
    readonly stuck: number;
    readonly failed: number;
  };
  /** `gatehouse mail test`. */
  readonly 'mail-test': { readonly at: string };
}

interface Budgeted {
  readonly level: string;
  readonly month: string;
  readonly spent: string;
  readonly budget: string;
}

interface Where {
  readonly name: string;
  readonly at: string;
  readonly address: string;
  readonly browser: string;
}
