import type { KoaContextWithOIDC } from 'oidc-provider';

/**
 * A sign-in that builds on nothing nearly always begins with the password: the browser is sent to that page at once,
 * which sends it on where another one is current. To be called when the response is made; `interactionUrl`: where it
 * was sent to.
 */
export function goToFirstPage(ctx: KoaContextWithOIDC, interactionUrl: (uid: string) => string): void {
  const { session, entities } = ctx.oidc;
  const uid = entities.Interaction?.uid;
  if (uid === undefined || session?.accountId !== undefined) return;
  if (ctx.response.get('Location') === interactionUrl(uid)) ctx.redirect(`${interactionUrl(uid)}/password`);
}
