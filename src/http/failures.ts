import type { Context, Middleware, Next } from 'koa';
import { GatehouseError } from '../kernel/index.ts';
import type { RealmContext, SiteContext } from './context.ts';
import { CookiesOff } from './csrf.ts';
import type { PageRequest } from './page.ts';
import { pathToLink } from './request-path.ts';
import type { CookiesOffPage, ErrorPage } from './view-model.ts';
import type { Views } from './views.ts';

/** The path exists, the method does not. `methods`: what it answers to. */
export class MethodNotAllowed extends GatehouseError {
  readonly methods: readonly string[];
  constructor(methods: readonly string[]) {
    super('bad_request', 'method not allowed', { messageKey: 'error.method-not-allowed' });
    this.name = 'MethodNotAllowed';
    this.methods = methods;
  }
}

/** Keeps what an error page of a realm stands for, under its reference number. */
export type RecordFailure = (context: RealmContext, error: GatehouseError) => Promise<void>;

/**
 * Turns what was thrown into a page, a JSON body or plain text, and into a log line under the reference number; a
 * realm's into a record as well.
 */
export function answerFailures(
  views: Views,
  contextFor: (koa: Context) => SiteContext,
  record: RecordFailure = async () => {},
): Middleware {
  return async (koa: Context, next: Next) => {
    try {
      await next();
    } catch (thrown) {
      const context = contextFor(koa);
      const error =
        thrown instanceof GatehouseError ? thrown : new GatehouseError('internal', 'unexpected', { cause: thrown });
      report(context, error);
      if (koa.headerSent || !koa.writable) {
        koa.res.destroy();
        koa.respond = false;
        return;
      }
      if (isOfRealm(context)) {
        await record(context, error).catch((cause: unknown) => {
          context.log.error({ err: cause }, 'the error page was not recorded');
        });
      }
      await answer(views, context, error);
    }
  };
}

const isOfRealm = (context: SiteContext): context is RealmContext => 'realm' in context;

function report(context: SiteContext, error: GatehouseError): void {
  const line = { err: error, code: error.code };
  if (error.status >= 500) context.log.error(line, error.message);
  else context.log.info({ code: error.code, cause: error.cause }, `refused: ${error.message}`);
}

async function answer(views: Views, context: SiteContext, error: GatehouseError): Promise<void> {
  const { koa, locale, reference } = context;
  const status = error instanceof MethodNotAllowed ? 405 : error.status;
  if (error instanceof MethodNotAllowed) koa.set('Allow', error.methods.join(', '));
  if (error.retryAfterS !== undefined) koa.set('Retry-After', String(error.retryAfterS));
  for (const name of ['Content-Encoding', 'Content-Length', 'ETag', 'Last-Modified']) koa.remove(name);
  koa.set('Cache-Control', 'no-store');

  try {
    const key = views.catalogues.has(error.messageKey) ? error.messageKey : `error.${error.code}`;
    const text = views.catalogues.text(locale, key, error.params);
    if (koa.accepts('html', 'json') === 'json') {
      koa.status = status;
      koa.body = { error: error.code, message: text, reference };
    } else {
      await context.render(error instanceof CookiesOff ? cookiesOff(koa) : errorPage(koa, error, status, text));
    }
  } catch (cause) {
    context.log.error({ err: cause }, 'the error page failed');
    koa.status = status;
    koa.type = 'text/plain; charset=utf-8';
    koa.body = `This did not work (${status}). Reference: ${reference}\n`;
  }
}

function errorPage(koa: Context, error: GatehouseError, status: number, text: string): PageRequest {
  const model: ErrorPage = {
    status,
    code: error.code,
    text,
    retryAfterS: error.retryAfterS,
    retryHref: koa.method === 'POST' && status < 500 && status !== 405 ? pathOf(koa) : undefined,
  };
  return { view: 'error', step: 'error', titleKey: 'error.title', status, model: { ...model } };
}

/** As the browser knows it: handing a request to a provider changes `koa.path`. */
const pathOf = (koa: Context) => pathToLink(koa.originalUrl);

function cookiesOff(koa: Context): PageRequest {
  const model: CookiesOffPage = { retryHref: pathOf(koa) };
  return {
    view: 'sign-in/cookies-off',
    step: 'cookies-off',
    titleKey: 'sign-in.cookies-off.title',
    status: 403,
    model: { ...model },
  };
}
