import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Portal } from '../realm/index.ts';
import { leave } from './answers.ts';
import { text } from './params.ts';

type PortalOf = (clientId: string) => Portal | undefined;

/**
 * RP-Initiated Logout 1.0 with our own pages. Nothing is ended by a GET: the person confirms, and the form carries a
 * secret kept in the session, so no other site can sign them out.
 */
export function signOutFeature(portalOf: PortalOf, nameOf: (userId: string) => Promise<string | undefined>) {
  return {
    enabled: true,
    async logoutSource(ctx: KoaContextWithOIDC) {
      const { oidc } = ctx;
      const portal = oidc.client === undefined ? undefined : portalOf(oidc.client.clientId);
      const target = URL.parse(text(oidc.params?.post_logout_redirect_uri) ?? '');
      leave(ctx, {
        kind: 'sign_out',
        model: {
          action: oidc.urlFor('end_session_confirm'),
          xsrf: text(oidc.session?.state?.secret) ?? '',
          portal: portal?.name,
        },
        person: await nameOf(oidc.session?.accountId ?? ''),
        formOrigins: target === null ? [] : [target.origin === 'null' ? target.protocol : target.origin],
      });
    },
    postLogoutSuccessSource(ctx: KoaContextWithOIDC) {
      const portal = ctx.oidc.client === undefined ? undefined : portalOf(ctx.oidc.client.clientId);
      leave(ctx, { kind: 'signed_out', model: { portal: portal?.name, homeUrl: portal?.homeUrl } });
    },
  };
}

/** Nobody is signed in: there is nothing to confirm, so the page that posts by itself becomes a redirect. */
export function skipEmptySignOut(ctx: KoaContextWithOIDC): void {
  const { oidc } = ctx;
  if (oidc?.route !== 'end_session' || ctx.status !== 200 || ctx.respond === false) return;
  if (oidc.session?.accountId !== undefined) return;
  const uri = text(oidc.params?.post_logout_redirect_uri);
  const state = text(oidc.params?.state);
  const target = new URL(uri ?? oidc.urlFor('end_session_success'));
  if (uri !== undefined && state !== undefined) target.searchParams.set('state', state);
  ctx.body = null;
  ctx.status = 303;
  ctx.redirect(target.href);
}
