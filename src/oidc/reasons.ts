import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../kernel/index.ts';
import type { Portal, Realm } from '../realm/index.ts';
import { reaches, requestedAcr } from './acr.ts';
import { isNothing, missingFrom } from './grants.ts';
import { judgeAge, type RealmSession, type SessionRules } from './session-age.ts';
import { chooseAnew, describeRequest, factsOf, type JudgeSession, subjectWanted } from './sign-in-request.ts';
import { addressOf } from './strangers.ts';

/**
 * Why a person must be asked, in the order in which `prompt=none` names them as an error. The first group lets no
 * session be built on; the second builds on it.
 */
export const unusable = {
  no_session: 'login_required',
  person_gone: 'login_required',
  login_prompt: 'login_required',
  select_account_prompt: 'account_selection_required',
  max_age: 'login_required',
  session_over: 'login_required',
  session_idle: 'login_required',
  other_person: 'login_required',
} as const;

export const insufficient = {
  organization_prompt: 'account_selection_required',
  essential_acr: 'unmet_authentication_requirements',
  acr_values: 'interaction_required',
  policy: 'interaction_required',
  consent_prompt: 'consent_required',
  consent: 'consent_required',
} as const;

export type Reason = keyof typeof unusable | keyof typeof insufficient;

export interface Judges {
  readonly realm: Realm;
  readonly issuer: string;
  readonly clock: Clock;
  readonly portalOf: (clientId: string) => Portal | undefined;
  readonly sessionRules: (realm: Realm, portal: Portal | undefined) => SessionRules;
  /** With what binds the person whose session it is. */
  readonly sessionRulesOf: (
    realm: Realm,
    portal: Portal | undefined,
    session: { readonly userId: string; readonly organization?: string | undefined },
  ) => Promise<SessionRules>;
  /** Whether a session of this person at this portal could be for one organization or another. */
  readonly hasChoice: (realm: Realm, portal: Portal | undefined, userId: string) => Promise<boolean>;
  readonly judgeSession: JudgeSession;
}

/** All reasons to ask before this authorization request is answered; none when the session will do. */
export async function reasonsToAsk(ctx: KoaContextWithOIDC, judges: Judges): Promise<ReadonlySet<Reason>> {
  const { oidc } = ctx;
  const params = oidc.params ?? {};
  const session: RealmSession | undefined = oidc.session;
  const reasons = new Set<Reason>();
  const justAnswered = oidc.result?.login !== undefined;

  if (oidc.promptPending('consent')) reasons.add('consent_prompt');
  if (oidc.promptPending('login')) reasons.add('login_prompt');
  const selects = oidc.promptPending('select_account');
  if (session?.accountId === undefined || oidc.account === undefined) {
    if (selects) reasons.add('select_account_prompt');
  }
  if (session?.accountId === undefined) return reasons.add('no_session');
  if (oidc.account === undefined) return reasons.add('person_gone');

  const wantedSub = subjectWanted(params, oidc.entities.IdTokenHint?.payload);
  if (wantedSub !== undefined && wantedSub !== session.accountId) reasons.add('other_person');
  const ageS = Math.floor(judges.clock.now().getTime() / 1000) - (session.loginTs ?? 0);
  if (!justAnswered && params.max_age !== undefined && ageS > Number(params.max_age)) reasons.add('max_age');

  const portal = judges.portalOf(oidc.client?.clientId ?? '');
  // A new choice of organization, not a new sign-in, where there is one to choose.
  const choosesAnew = selects || (!justAnswered && params.organization === chooseAnew);
  if (choosesAnew && (await judges.hasChoice(judges.realm, portal, session.accountId)))
    reasons.add('organization_prompt');
  else if (selects) reasons.add('select_account_prompt');
  const of = { userId: session.accountId, organization: session.organization };
  const age = judgeAge(session, await judges.sessionRulesOf(judges.realm, portal, of), judges.clock.now());
  if (age !== 'usable') reasons.add(`session_${age}`);

  const { acrValues, essentialAcr } = requestedAcr(params);
  const meets = (wanted: readonly string[]) => wanted.some((acr) => reaches(session.acr, acr));
  if (essentialAcr.length > 0 && !meets(essentialAcr)) reasons.add('essential_acr');
  if (!justAnswered && acrValues.length > 0 && !meets(acrValues)) reasons.add('acr_values');
  const { resources = [] } = judges.realm;
  if (!isNothing(missingFrom(oidc.grant, ctx, { portal, resources }))) reasons.add('consent');

  // Asked last, since it reads more; and not right after a sign-in that the same policy called done.
  if (!justAnswered && ![...reasons].some((reason) => reason in unusable)) {
    const request = describeRequest(judges.realm.id, params, { needsConsent: false });
    const from = { address: addressOf(ctx.req), cookie: (name: string) => ctx.cookies.get(name, { signed: false }) };
    if (!(await judges.judgeSession(judges.realm.id, factsOf(session), request, from))) reasons.add('policy');
  }
  return reasons;
}
