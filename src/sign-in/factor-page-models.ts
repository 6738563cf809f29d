/** What pages of a method are given under `model.factor`, kind by kind; the frame around it is in `page-models.ts`. */
import type { PageModel } from '../factors/index.ts';

/** `factor` of `factors/totp/enrol`. */
export interface TotpEnrolFactor extends PageModel {
  /** Base32, without blanks: for `[data-secret]` and the copy button. */
  readonly secret: string;
  /** The same in groups of four, for the eye. */
  readonly secretSpaced: string;
  /** `otpauth://totp/…`: opens an authenticator app on the same device. */
  readonly uri: string;
  /** `viewBox="0 0 size size"`, one `<path d>`; the quiet zone is inside. Dark on light in both themes. */
  readonly qr: { readonly size: number; readonly path: string };
  readonly digits: number;
}

/** `factor` of `factors/totp/challenge`. */
export interface TotpChallengeFactor extends PageModel {
  readonly digits: number;
  readonly periodS: number;
}

/** `factor` of `factors/passkey/enrol`, `…/challenge` and `…/alone`. */
export interface PasskeyFactor extends PageModel {
  /** JSON of `PublicKeyCredentialCreationOptions` or `…RequestOptions`, for the script. */
  readonly options: string;
}

/** `factor` of `factors/recovery/enrol`. */
export interface RecoveryEnrolFactor extends PageModel {
  readonly codes: readonly string[];
  /** The same, a line each, for copying. */
  readonly text: string;
  /** The same as an address, for downloading. */
  readonly download: string;
}

/** `factor` of `factors/email/…`. */
export interface EmailFactor extends PageModel {
  /** Masked; undefined: the person has no address. */
  readonly to: string | undefined;
  readonly isSent: boolean;
  readonly minutes: number;
  readonly digits: number;
}

/** `factor` of `factors/recovery/challenge`. */
export interface RecoveryChallengeFactor extends PageModel {
  readonly left: number;
}
