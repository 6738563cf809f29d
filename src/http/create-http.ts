import type { IncomingMessage } from 'node:http';
import Koa, { type Context, type Middleware } from 'koa';
import type { Logger } from 'pino';
import { type Clock, GatehouseError, type Keyring } from '../kernel/index.ts';
import type { Realms } from '../realm/index.ts';
import { createReceive, type Received, receiving, refuseOutsiders, requestOf } from './arrival.ts';
import type { RealmContext, Route, SiteRoute } from './context.ts';
import { createCsrf } from './csrf.ts';
import { answerFailures, MethodNotAllowed, type RecordFailure } from './failures.ts';
import { createFindRealm } from './find-realm.ts';
import type { Onlooker } from './onlooker.ts';
import { createRealmRoutes, type Fallback } from './realm-routes.ts';
import { createContexts, siteContextOf } from './request-context.ts';
import { pathParts } from './request-path.ts';
import { createRouteTable } from './route-table.ts';
import { type Answering, type AnswerProgram, createShortWay, lookingOn } from './short-way.ts';
import { realmSite, wholeSite } from './site.ts';
import type { Views } from './views.ts';

export interface HttpDependencies {
  readonly config: {
    readonly mode: 'development' | 'production';
    readonly origin: string;
    readonly trustProxy?: readonly string[] | undefined;
  };
  readonly realms: Pick<Realms, 'get' | 'at'>;
  readonly keyring: Pick<Keyring, 'mac'>;
  readonly views: Views;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface HttpContents {
  /** Pages and actions below every realm's issuer. */
  readonly routes: readonly Route[];
  /** Answers below a realm's issuer what no route does. */
  readonly provider: Fallback;
  /** Asked first where programs ask the provider. */
  readonly answerProgram?: AnswerProgram;
  /** Pages outside of realms. */
  readonly siteRoutes?: readonly SiteRoute[];
  /** Looks on at every request. */
  readonly onlooker?: Onlooker | undefined;
  /** `/healthz`, `/readyz`: asked before anything else. */
  readonly probes?: Middleware;
  readonly recordFailure?: RecordFailure;
}

/** The web application: what `callback()` gives goes to a server. */
export function createHttp(
  { config, realms, keyring, views, clock, log }: HttpDependencies,
  contents: HttpContents,
): { callback(): Answering } {
  const contexts = createContexts(views, createCsrf(keyring, clock));
  const whole = wholeSite(config, [...views.catalogues.languages].sort(englishFirst));
  const asset: SiteRoute = {
    method: 'GET',
    path: '/assets/:version/:name',
    handle: async ({ koa, params }) => views.assets.serve(koa, params.version ?? '', params.name ?? ''),
  };
  const siteTable = createRouteTable([asset, ...(contents.siteRoutes ?? [])]);
  const find = createFindRealm(realms, config.origin);
  const receive = createReceive({ origin: config.origin, trustProxy: config.trustProxy ?? [] }, log);
  const answerRealm = createRealmRoutes({
    find,
    setting: config,
    routes: contents.routes,
    provider: contents.provider,
    locate: (koa, at) => contexts(koa, { request: requestOf(koa), ...at }) as RealmContext,
  });
  const siteContext = (koa: Context, path: string, params = {}) =>
    contexts(koa, { request: requestOf(koa), site: whole, path, params });

  const route = async (koa: Context): Promise<void> => {
    const parts = pathParts(koa.req.url ?? '');
    const match = siteTable.match(koa.method, parts);
    if (match === undefined) {
      if (!(await answerRealm(koa, parts, hostOf(requestOf(koa), koa.req))))
        throw new GatehouseError('not_found', 'no such page');
      return;
    }
    if (match.route === undefined) throw new MethodNotAllowed(match.methods);
    koa.state.route = match.route.path;
    await match.route.handle(siteContext(koa, match.route.path, match.params));
  };

  const app = new Koa();
  app.use(receiving(receive));
  if (contents.onlooker !== undefined) app.use(lookingOn(contents.onlooker));
  app.use(answerFailures(views, (koa) => siteContextOf(koa) ?? siteContext(koa, '/'), contents.recordFailure));
  if (config.mode === 'development') app.use(refuseOutsiders);
  if (contents.probes !== undefined) app.use(contents.probes);
  app.use(route);
  // What koa itself reports: connections that broke while we answered.
  app.on('error', (error: Error, koa?: Context) => {
    (koa === undefined ? log : requestOf(koa).log).warn({ err: error }, 'the answer did not get through');
  });
  const { answerProgram, onlooker } = contents;
  if (answerProgram === undefined) return app;
  const parts = { receive, find, hostOf, answerProgram, onlooker, answersOutsiders: config.mode === 'production' };
  return {
    callback: () => createShortWay({ ...parts, site: (realm) => realmSite(config, realm) }, app.callback()),
  };
}

const englishFirst = (a: string, b: string): number => Number(b === 'en') - Number(a === 'en') || a.localeCompare(b);

/** The host the client asked for: what a configured proxy says it was, or the request's own. */
function hostOf({ isFromProxy }: Received, { headers }: IncomingMessage): string {
  const forwarded = isFromProxy
    ? String(headers['x-forwarded-host'] ?? '')
        .split(',')
        .at(-1)
        ?.trim()
    : '';
  return (forwarded || (headers.host ?? '')).toLowerCase();
}
