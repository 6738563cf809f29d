import type { ComesFrom, SessionFacts, SignInRequest } from '../sign-in/index.ts';
import { asText, claimRequests, requestedAcr } from './acr.ts';
import { type Params, text, words } from './params.ts';
import type { RealmSession } from './session-age.ts';

/** An authorization request before there is an interaction for it. */
export type AuthorizationRequest = Omit<SignInRequest, 'uid' | 'session'>;

/** Whether policy lets this session answer this request as it is, from where it comes. */
export type JudgeSession = (
  realm: string,
  session: SessionFacts,
  request: AuthorizationRequest,
  from: ComesFrom,
) => Promise<boolean>;

export function describeRequest(
  realm: string,
  params: Params,
  extra: { readonly needsConsent: boolean; readonly mustBe?: string | undefined },
): AuthorizationRequest {
  const loginHint = text(params.login_hint);
  const organization = organizationWanted(params);
  return {
    realm,
    clientId: text(params.client_id) ?? '',
    scopes: words(params.scope),
    ...requestedAcr(params),
    ...(loginHint === undefined ? undefined : { loginHint }),
    ...(organization === undefined ? undefined : { organization }),
    uiLocales: words(params.ui_locales),
    ...(extra.mustBe === undefined ? undefined : { mustBe: extra.mustBe }),
    needsConsent: extra.needsConsent,
    redirectOrigin: sourceOf(text(params.redirect_uri) ?? ''),
  };
}

export function factsOf(session: RealmSession): SessionFacts {
  return {
    userId: session.accountId ?? '',
    acr: session.acr ?? 'single',
    amr: session.amr ?? [],
    authTime: new Date((session.loginTs ?? 0) * 1000),
    ...(session.organization === undefined ? undefined : { organization: session.organization }),
  };
}

/** Value of our parameter `organization` that starts a new choice; any other is the id of the one that is wanted. */
export const chooseAnew = 'choose';

export function organizationWanted(params: Params): string | undefined {
  const wanted = text(params.organization);
  return wanted === chooseAnew ? undefined : wanted;
}

/** Whom the portal wants to be answered about: `id_token_hint`, or a `sub` asked for by value (OIDC Core §5.5.1). */
export function subjectWanted(params: Params, hint: Params | undefined): string | undefined {
  const value = claimRequests(params).id_token?.sub?.value;
  return value === undefined || value === null ? text(hint?.sub) : asText(value);
}

/** Source expression for `form-action`: the origin, or the scheme of an app (`com.example.app:`). */
function sourceOf(redirectUri: string): string {
  const url = URL.parse(redirectUri);
  if (url === null) return '';
  return url.origin === 'null' ? url.protocol : url.origin;
}
