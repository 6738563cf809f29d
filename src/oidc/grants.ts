import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Portal } from '../realm/index.ts';
import { claimRequests } from './acr.ts';
import { scopeOf, supportedScopes } from './claims.ts';
import type { Consents, Wanted } from './consents.ts';
import { type Params, words } from './params.ts';

/**
 * What a request asks for, of what there is and what the portal may have: a claim asked for by its name is no way around
 * the scopes that an admin gave it. `sub` and what describes the sign-in itself are never asked for.
 */
export function wantedBy(params: Params, portal: Pick<Portal, 'scopes'> | undefined): Wanted {
  const { id_token: idToken, userinfo } = claimRequests(params);
  const isOpen = (claim: string) => {
    const scope = scopeOf(claim);
    return scope !== undefined && scope !== 'openid' && portal?.scopes.includes(scope) === true;
  };
  const claims = [...Object.keys(idToken ?? {}), ...Object.keys(userinfo ?? {})];
  return {
    scopes: [...new Set(words(params.scope))].filter((scope) => supportedScopes.includes(scope)),
    claims: [...new Set(claims)].filter(isOpen),
  };
}

/** What this request asks for and `grant` does not hold. */
export function missingFrom(
  grant: Grant | undefined,
  ctx: KoaContextWithOIDC,
  portal: Pick<Portal, 'scopes'> | undefined,
): Wanted {
  const scopes = new Set(grant?.getOIDCScopeEncountered().split(' '));
  const claims = new Set(grant?.getOIDCClaimsEncountered());
  const wanted = wantedBy(ctx.oidc.params ?? {}, portal);
  return {
    scopes: wanted.scopes.filter((scope) => !scopes.has(scope)),
    claims: wanted.claims.filter((claim) => !claims.has(claim)),
  };
}

/** What a consent page has to name: scopes asked for, and those whose claims are asked for by name. */
export function scopesToName({ scopes, claims }: Wanted): readonly string[] {
  return [...new Set([...scopes, ...claims.flatMap((claim) => scopeOf(claim) ?? [])])];
}

export function isNothing(wanted: Wanted): boolean {
  return wanted.scopes.length === 0 && wanted.claims.length === 0;
}

/**
 * The grant of this session and portal, with what is asked for added: at once where the portal asks for no consent,
 * otherwise once the person agreed to it. What is left missing makes the interaction ask (`reasons.ts`).
 */
export function createLoadGrant(
  realm: string,
  portalOf: (clientId: string) => Portal | undefined,
  consents: Pick<Consents, 'covers'>,
): (ctx: KoaContextWithOIDC) => Promise<Grant | undefined> {
  return async (ctx) => {
    const { session, client, account, provider } = ctx.oidc;
    if (session === undefined || client === undefined || account === undefined) return undefined;
    const { clientId } = client;
    const { accountId } = account;
    const grantId = session.grantIdFor(clientId);
    const stored = grantId === undefined ? undefined : await provider.Grant.find(grantId);
    const existing = stored?.accountId === accountId ? stored : undefined;
    const missing = missingFrom(existing, ctx, portalOf(clientId));
    if (isNothing(missing)) return existing;
    const isAsked = portalOf(clientId)?.asksConsent !== false;
    if (isAsked && !(await consents.covers(realm, accountId, clientId, missing))) return existing;
    const grant = existing ?? new provider.Grant({ accountId, clientId });
    grant.addOIDCScope(missing.scopes.join(' '));
    if (missing.claims.length > 0) grant.addOIDCClaims([...missing.claims]);
    await grant.save();
    return grant;
  };
}
