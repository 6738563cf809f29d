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

/** Why the code of a device leads nowhere; said beside the field as `device-code.<why>`. */
export type DeviceFault = 'unknown' | 'expired' | 'used';

/** `device-code`: one form with the field `user_code`, `method="post" action="{{realm.base}}/device"`. */
export interface DeviceCodeModel {
  /** The form's address, below the realm's. */
  readonly action: string;
}

/** `device-confirm`: one form with `user_code` hidden; the button `name="answer" value="allow"` goes on, `value="decline"` does not. */
export interface DeviceConfirmModel {
  readonly action: string;
  /** As the device shows it: `BCDF-GHJK`. */
  readonly userCode: string;
  readonly portal: string;
}

/** `device-done`: nothing to post. `portal`: what the device is for, when it was allowed. */
export interface DeviceDoneModel {
  readonly outcome: 'allowed' | 'declined';
  readonly portal: string | undefined;
}
