import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import type { Logger } from 'pino';
import type { Form } from '../factors/index.ts';
import { GatehouseError } from '../kernel/index.ts';
import { browserName } from './browser-name.ts';
import type { SiteContext } from './context.ts';
import type { Csrf } from './csrf.ts';
import { readForm } from './form.ts';
import { chooseLanguage } from './language.ts';
import { renderPage } from './render.ts';
import type { Site } from './site.ts';
import type { Views } from './views.ts';

/** What is known of a request before anyone looks at its path. */
export interface Request {
  readonly reference: string;
  readonly address: string;
  readonly log: Logger;
}

export interface Located {
  readonly request: Request;
  readonly site: Site;
  /** The path below `site.base`. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Kept on the request itself: what a WeakMap holds for each request is promoted with it, and costs a collection of the
 * whole heap for every few thousand requests.
 */
const located = Symbol('located');
type LocatedMessage = IncomingMessage & { [located]?: (koa: Context) => SiteContext };

/** Makes contexts, and remembers each request's for the error page. */
export function createContexts(views: Views, csrf: Csrf): (koa: Context, at: Located) => SiteContext {
  return (koa, at) => {
    const language = chooseLanguage(koa, at.site, views.catalogues.languages);
    const make = (target: Context) => makeContext(views, csrf, target, at, language);
    (koa.req as LocatedMessage)[located] = make;
    return make(koa);
  };
}

/** The context made for `koa`'s request; undefined where no site was found yet. */
export function siteContextOf(koa: Context): SiteContext | undefined {
  return (koa.req as LocatedMessage)[located]?.(koa);
}

function makeContext(views: Views, csrf: Csrf, koa: Context, at: Located, language: string): SiteContext {
  const { site, path, request } = at;
  let form: Promise<Form> | undefined;
  let browser: string | undefined;
  let mark: { readonly is: string | undefined } | undefined;
  const readChecked = async (): Promise<Form> => {
    const { csrf: token = '', ...fields } = await readForm(koa.req);
    csrf.check(koa, site, path, token);
    return fields;
  };

  const context: SiteContext = {
    koa,
    params: at.params,
    locale: language,
    address: request.address,
    // These three on demand: what programs ask for needs none of them.
    get browser() {
      return (browser ??= browserName(koa.get('User-Agent')));
    },
    get browserMark() {
      return (mark ??= { is: csrf.mark(koa, site) }).is;
    },
    get log() {
      return request.log;
    },
    reference: request.reference,
    form: () => (form ??= readChecked()),
    render: async (page) => renderPage(views, csrf, { koa, site, language, reference: request.reference, path }, page),
    redirect(to) {
      koa.set('Cache-Control', 'no-store');
      koa.status = 303;
      koa.redirect(destination(site, to));
    },
  };
  return site.realm === undefined ? context : Object.assign(context, { realm: site.realm });
}

/** A path of ours below `site.base`, or a full web address; anything else is a mistake of ours. */
function destination(site: Site, to: string): string {
  if (/^\/(?![/\\])[^\s\\]*$/.test(to)) return `${site.base}${to}`;
  if (URL.canParse(to) && !/^(javascript|data|vbscript|file):/i.test(to)) return to;
  throw new GatehouseError('internal', 'a redirect to no address');
}
