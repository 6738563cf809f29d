import type { Context } from 'koa';
import { GatehouseError } from '../kernel/index.ts';
import type { Realm } from '../realm/index.ts';
import type { RealmContext, Route } from './context.ts';
import { describeAsConfigured } from './describe-as-configured.ts';
import { MethodNotAllowed } from './failures.ts';
import type { FindRealm } from './find-realm.ts';
import type { Located } from './request-context.ts';
import { createRouteTable } from './route-table.ts';
import { realmSite } from './site.ts';
import { serveTheme } from './theme.ts';

/** Answers what no route of ours does: the realm's oidc-provider. Sees the request as configuration describes it. */
export type Fallback = (context: RealmContext) => Promise<void>;

export interface RealmRoutes {
  readonly find: FindRealm;
  readonly setting: { readonly origin: string; readonly mode: 'development' | 'production' };
  readonly routes: readonly Route[];
  readonly provider: Fallback;
  readonly locate: (koa: Context, at: Pick<Located, 'site' | 'path' | 'params'>) => RealmContext;
}

/** Answers requests below a realm's issuer: our routes first, then its provider. False: the request is below no realm. */
export function createRealmRoutes(
  given: RealmRoutes,
): (koa: Context, parts: readonly string[], host: string) => Promise<boolean> {
  const theme: Route = { method: 'GET', path: '/theme.css', handle: async ({ koa, realm }) => serveTheme(koa, realm) };
  const table = createRouteTable([theme, ...given.routes]);

  return async (koa, parts, host) => {
    const found = await given.find(parts, host);
    return found === undefined ? false : answer(koa, found.realm, found.parts);
  };

  async function answer(koa: Context, realm: Realm, parts: readonly string[]): Promise<true> {
    const site = realmSite(given.setting, realm);
    const match = table.match(koa.method, parts);
    const path = `/${parts.join('/')}`;
    const context = given.locate(koa, { site, path, params: match?.params ?? {} });
    if (match?.route !== undefined) {
      koa.state.route = `${site.id} ${match.route.path}`;
      await match.route.handle(context);
    } else if (match !== undefined) {
      throw new MethodNotAllowed(match.methods);
    } else if (parts.length === 0) {
      throw new GatehouseError('not_found', 'a realm has no front page');
    } else {
      koa.state.route = `${site.id} provider /${parts[0] ?? ''}`;
      describeAsConfigured(koa.req, site, context.address);
      await given.provider(context);
    }
    return true;
  }
}
