import type { RealmContext } from '../http/index.ts';
import type { Portal } from '../realm/index.ts';
import type { CookiesOffPage, ExpiredPage, RefusedPage } from './page-models.ts';
import { pathsOf } from './paths.ts';

/** Pages from which a sign-in does not go on; each says what to do. */
export type DeadEnd =
  | { readonly page: 'expired'; readonly why: ExpiredPage['why'] }
  | { readonly page: 'finished' }
  | { readonly page: 'cookies-off'; readonly why: CookiesOffPage['why'] }
  | { readonly page: 'refused'; readonly why: RefusedPage['why'] };

const statusOf: Record<DeadEnd['page'], number> = { expired: 410, finished: 200, 'cookies-off': 400, refused: 403 };

/** `madeFor`: where the attempt is still open, so that its button is taken (`made-for.ts`). */
export async function showDeadEnd(
  context: RealmContext,
  issuer: string,
  end: DeadEnd,
  portal: Portal | undefined,
  isWaiting: boolean,
  madeFor?: string,
): Promise<void> {
  const paths = pathsOf(issuer, context.params['uid'] ?? '');
  const cancelAction = isWaiting ? paths.full('/cancel') : undefined;
  await context.render({
    view: `sign-in/${end.page}`,
    step: end.page,
    titleKey: `sign-in.${end.page}.title`,
    status: statusOf[end.page],
    model: end.page === 'finished' ? {} : end.page === 'refused' ? { why: end.why, cancelAction } : { why: end.why },
    ...(madeFor === undefined ? {} : { madeFor }),
    ...portalOf(portal),
    ...(portal === undefined ? {} : { formOrigins: originsOf(portal) }),
  });
}

export function portalOf(portal: Portal | undefined) {
  if (portal === undefined) return {};
  return { portal: { name: portal.name, ...(portal.homeUrl === undefined ? {} : { homeUrl: portal.homeUrl }) } };
}

/** Where a portal's answers may go: browsers apply `form-action` to redirects as well. */
function originsOf(portal: Portal): string[] {
  const sources = portal.redirectUris.map((uri) => URL.parse(uri)).filter((url) => url !== null);
  return [...new Set(sources.map((url) => (url.origin === 'null' ? url.protocol : url.origin)))];
}
