import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Portal, Realm, Resource } from '../realm/index.ts';
import { claimRequests } from './acr.ts';
import { scopeOf, supportedScopes } from './claims.ts';
import type { Consents, Wanted } from './consents.ts';
import { scopesAt } from './features/resources.ts';
import { type Params, words } from './params.ts';

/** Who asks, and for what there is. */
export interface Asker {
  readonly portal: Pick<Portal, 'scopes' | 'resources'> | undefined;
  readonly resources: readonly Resource[];
}

/**
 * What a request asks for, of what there is and what the portal may have: a claim asked for by its name is no way around
 * the scopes that an admin gave it. `sub` and what describes the sign-in itself are never asked for.
 */
export function wantedBy(params: Params, { portal, resources }: Asker): Wanted {
  const { id_token: idToken, userinfo } = claimRequests(params);
  const isOpen = (claim: string) => {
    const scope = scopeOf(claim);
    return scope !== undefined && scope !== 'openid' && portal?.scopes.includes(scope) === true;
  };
  const claims = [...Object.keys(idToken ?? {}), ...Object.keys(userinfo ?? {})];
  const scopes = [...new Set(words(params.scope))];
  const named = [params.resource ?? []].flat();
  const at = resources
    .filter(({ id }) => named.includes(id) && portal?.resources?.includes(id) === true)
    .map((resource) => [resource.id, portal === undefined ? [] : scopesAt(resource, portal)] as const)
    .map(([id, allowed]) => [id, scopes.filter((scope) => allowed.includes(scope))] as const);
  return {
    scopes: scopes.filter((scope) => supportedScopes.includes(scope)),
    claims: [...new Set(claims)].filter(isOpen),
    at: Object.fromEntries(at.filter(([, wanted]) => wanted.length > 0)),
  };
}

/** What this request asks for and `grant` does not hold. */
export function missingFrom(grant: Grant | undefined, ctx: KoaContextWithOIDC, asker: Asker): Wanted {
  const scopes = new Set(grant?.getOIDCScopeEncountered().split(' '));
  const claims = new Set(grant?.getOIDCClaimsEncountered());
  const wanted = wantedBy(ctx.oidc.params ?? {}, asker);
  const at = Object.entries(wanted.at).map(([id, asked]) => {
    const held = new Set(grant?.getResourceScopeEncountered(id).split(' '));
    return [id, asked.filter((scope) => !held.has(scope))] as const;
  });
  return {
    scopes: wanted.scopes.filter((scope) => !scopes.has(scope)),
    claims: wanted.claims.filter((claim) => !claims.has(claim)),
    at: Object.fromEntries(at.filter(([, missing]) => missing.length > 0)),
  };
}

/** What a consent page has to name: scopes asked for, and those whose claims are asked for by name. */
export function scopesToName({ scopes, claims }: Wanted): readonly string[] {
  return [...new Set([...scopes, ...claims.flatMap((claim) => scopeOf(claim) ?? [])])];
}

/** What people call the resources that are asked for. */
export function resourcesToName({ at }: Wanted, resources: readonly Resource[]): readonly string[] {
  return resources.filter(({ id }) => at[id] !== undefined).map(({ name }) => name);
}

export function isNothing({ scopes, claims, at }: Wanted): boolean {
  return scopes.length === 0 && claims.length === 0 && Object.keys(at).length === 0;
}

/**
 * The grant of this session and portal, with what is asked for added: at once where the portal asks for no consent,
 * otherwise once the person agreed to it. What is left missing makes the interaction ask (`reasons.ts`).
 */
export function createLoadGrant(
  { id: realm, resources = [] }: Pick<Realm, 'id' | 'resources'>,
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
    const portal = portalOf(clientId);
    const missing = missingFrom(existing, ctx, { portal, resources });
    if (isNothing(missing)) return existing;
    const isAsked = portal?.asksConsent !== false;
    if (isAsked && !(await consents.covers(realm, accountId, clientId, missing))) return existing;
    const grant = existing ?? new provider.Grant({ accountId, clientId });
    grant.addOIDCScope(missing.scopes.join(' '));
    if (missing.claims.length > 0) grant.addOIDCClaims([...missing.claims]);
    for (const [id, scopes] of Object.entries(missing.at)) grant.addResourceScope(id, scopes.join(' '));
    await grant.save();
    return grant;
  };
}
