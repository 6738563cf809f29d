import * as client from 'openid-client';
import { Unreachable } from './relying-party.ts';

/** What went wrong, in words a person can use, and the provider's own for whoever has to look into it. */
export interface Failure {
  readonly status: number;
  readonly title: string;
  readonly advice: string;
  readonly code: string;
  readonly details: string;
}

export const unknownSignIn: Failure = {
  status: 400,
  title: 'This sign-in was not started here',
  advice: 'It began in another browser, was finished already, or the demo was restarted meanwhile. Start again.',
  code: 'unknown_state',
  details: 'The state of the answer belongs to no sign-in of this browser.',
};

export const notSureEnough: Failure = {
  status: 403,
  title: 'The vault stays closed',
  advice: 'It wants two factors, and this sign-in has one. Add a second factor, then try again.',
  code: 'insufficient_user_authentication',
  details: 'The sign-in that the portal asked for came back without what was asked for.',
};

const advices: Readonly<Record<string, readonly [title: string, advice: string]>> = {
  access_denied: [
    'You did not sign in',
    'The sign-in was cancelled or refused. You can start again whenever you like.',
  ],
  login_required: [
    'You are not signed in',
    'This portal asked without showing a page, and there is no session to use. Sign in first.',
  ],
  interaction_required: [
    'A page must be shown',
    'This portal asked without showing a page, but something is needed from you. Sign in the ordinary way.',
  ],
  consent_required: [
    'Your agreement is needed',
    'This portal asked without showing a page, but you have not agreed to it yet. Sign in the ordinary way.',
  ],
  unmet_authentication_requirements: [
    'Not sure enough',
    'This portal wants more proof than your account can give. Add a second factor, or ask for less.',
  ],
  invalid_client: [
    'The portal is not let in',
    'Its client secret is not the one the realm knows. Apply the realm file again and restart.',
  ],
  invalid_grant: [
    'This has been used already',
    'The code or refresh token is spent, withdrawn or too old. Sign in again.',
  ],
  temporarily_unavailable: ['Not just now', 'The provider is busy. Try again in a moment.'],
};

/** Turns whatever openid-client throws into a page. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Unreachable) {
    return {
      status: 503,
      title: 'Gatehouse does not answer',
      advice: 'Wait a moment and try again. If it stays like this, look at the log of Gatehouse.',
      code: 'provider_unreachable',
      details: error.message,
    };
  }
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    const [title, advice] = adviceOn(error.error);
    return { status: 400, title, advice, code: error.error, details: error.error_description ?? '' };
  }
  const code = error instanceof client.ClientError ? (error.code ?? 'invalid_response') : 'invalid_response';
  return {
    status: 502,
    title: 'The answer could not be used',
    advice:
      'What came back from the provider did not pass the checks. Start again; if it happens again, tell whoever runs it.',
    code,
    details: error instanceof Error ? error.message : '',
  };
}

function adviceOn(code: string): readonly [string, string] {
  const known = Object.hasOwn(advices, code) ? advices[code] : undefined;
  return (
    known ?? [
      'Signing in did not work',
      'Start again. If it happens again, tell whoever runs the provider what stands below.',
    ]
  );
}
