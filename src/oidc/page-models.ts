/** `model` of the pages this room renders, for `views/sign-in/`. */

/** `sign-out`: one form, `method="post" action="{{model.action}}"`, with `xsrf` hidden and two buttons. */
export interface SignOutModel {
  readonly action: string;
  /** Value of the hidden field `xsrf`. */
  readonly xsrf: string;
  /** The portal that asked, when it said which. The button `name="logout" value="yes"` signs out; one without a name stays. */
  readonly portal: string | undefined;
}

/** `signed-out`: nothing to post. */
export interface SignedOutModel {
  readonly portal: string | undefined;
  readonly homeUrl: string | undefined;
}
