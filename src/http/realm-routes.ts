import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { GatehouseError } from '../kernel/index.ts';
import type { Realm, Realms } from '../realm/index.ts';
import type { RealmContext, Route } from './context.ts';
import { MethodNotAllowed } from './failures.ts';
import type { Located } from './request-context.ts';
import { createRouteTable } from './route-table.ts';
import { realmSite, type Site } from './site.ts';
import { serveTheme } from './theme.ts';

/** Answers what no route of ours does: the realm's oidc-provider. Sees the request as configuration describes it. */
export type Fallback = (context: RealmContext) => Promise<void>;

export interface RealmRoutes {
  readonly realms: Pick<Realms, 'get' | 'list'>;
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
  const mainHost = new URL(given.setting.origin).host;

  const realmAt = async (host: string): Promise<Realm | undefined> => {
    if (host === mainHost) return undefined;
    const all = await given.realms.list();
    return all.find((realm) => realm.origin !== undefined && new URL(realm.origin).host === host);
  };

  return async (koa, parts, host) => {
    const byHost = await realmAt(host);
    if (byHost !== undefined) return answer(koa, byHost, parts);
    const [first, id = ''] = parts;
    if (first !== 'realms') return false;
    const realm = /^[a-z][a-z0-9-]{1,31}$/.test(id) ? await given.realms.get(id) : undefined;
    // A realm with an origin of its own is nowhere else, or scripts of other realms could reach it.
    if (realm === undefined || realm.origin !== undefined) throw new GatehouseError('not_found', 'no such realm');
    return answer(koa, realm, parts.slice(2));
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
      describeAsConfigured(koa, site, context.address);
      await given.provider(context);
    }
    return true;
  }
}

/**
 * The provider makes addresses from what the request says of itself, so it is told what is configured: forwarding
 * headers of the client are replaced by ours (the provider trusts its proxy: us), and `req.originalUrl` names the mount.
 */
function describeAsConfigured(koa: Context, site: Site, address: string): void {
  const request = koa.req as IncomingMessage & { originalUrl?: string; baseUrl?: string };
  const { headers } = request;
  const ours: Readonly<Record<string, string>> = {
    'x-forwarded-host': site.host,
    'x-forwarded-proto': site.isHttps ? 'https' : 'http',
    'x-forwarded-for': address,
  };
  for (const name of Object.keys(headers)) {
    if (name === 'forwarded' || (name.startsWith('x-forwarded-') && !(name in ours))) delete headers[name];
  }
  Object.assign(headers, ours, { host: site.host });
  request.originalUrl = koa.originalUrl;
  request.baseUrl = site.base;
  request.url = koa.originalUrl.slice(site.base.length);
}
