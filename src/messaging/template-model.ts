/**
 * What a message template is given. `views/messages/<template>/` holds `text.hbs` and `html.hbs`; the subject is the
 * catalogue's `message.<template>.subject`. Both parts are rendered in the reader's language with the helper `t`;
 * `text.hbs` is rendered without HTML escaping and wrapped by nobody: what stands there is what is sent.
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
    readonly support: { readonly email?: string; readonly phone?: string; readonly url?: string };
  };
  /**
   * The message's own values (`params`): `name`, `link`, `at` (ISO 8601), `until`, `portal`, `browser`, `address`,
   * `method`, … as the sender gave them.
   */
  readonly params: Readonly<Record<string, string | number>>;
}
