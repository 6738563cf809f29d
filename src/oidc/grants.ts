import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Portal } from '../realm/index.ts';
import type { Consents, Wanted } from './consents.ts';

/** `sub` and what describes the sign-in itself are never asked for. */
const neverAsked: ReadonlySet<string> = new Set(['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']);

/** What this request asks for and `grant` does not hold. */
export function missingFrom(grant: Grant | undefined, ctx: KoaContextWithOIDC): Wanted {
  const scopes = new Set(grant?.getOIDCScopeEncountered().split(' '));
  const claims = new Set(grant?.getOIDCClaimsEncountered());
  return {
    scopes: [...ctx.oidc.requestParamOIDCScopes].filter((scope) => !scopes.has(scope)),
    claims: [...ctx.oidc.requestParamClaims].filter((claim) => !claims.has(claim) && !neverAsked.has(claim)),
  };
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
    const missing = missingFrom(existing, ctx);
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
