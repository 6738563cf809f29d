import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Portal } from '../realm/index.ts';
import { words } from './params.ts';

/**
 * OIDC Core §11: without `prompt=consent` a request for `offline_access` is ignored, "unless other conditions for
 * processing the request permitting offline access are in place". For a portal that asks for no consent, the admin who
 * gave it the scope is that condition. oidc-provider drops the scope before anything of ours runs, so it is put back
 * here, from the request as it came.
 */
export function keepOfflineAccess(portalOf: (clientId: string) => Portal | undefined) {
  return (ctx: KoaContextWithOIDC): void => {
    const { client, params, prompts } = ctx.oidc;
    if (client === undefined || params === undefined || prompts.has('consent')) return;
    const scope = words(params.scope);
    if (!words(scopeAskedFor(ctx)).includes('offline_access') || scope.includes('offline_access')) return;
    const portal = portalOf(client.clientId);
    if (portal === undefined || portal.asksConsent || !portal.scopes.includes('offline_access')) return;
    params.scope = [...scope, 'offline_access'].join(' ');
  };
}

/** In the address, in the form that pushes a request, or in the request that was pushed. */
function scopeAskedFor(ctx: KoaContextWithOIDC): unknown {
  const { body, entities } = ctx.oidc;
  const pushed = entities.PushedAuthorizationRequest;
  if (pushed !== undefined) return decodeJwt(pushed.request)['scope'];
  return body === undefined ? ctx.query.scope : body.scope;
}
