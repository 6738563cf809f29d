import type { Context } from 'koa';
import type { Logger } from 'pino';
import type { Form } from '../factors/index.ts';
import type { Realm } from '../realm/index.ts';
import type { PageRequest } from './page.ts';

/** What every route works with; made by `http/` for each request. */
export interface SiteContext {
  readonly koa: Context;
  /** From the path, decoded and checked: no empty part, at most 128 characters each. */
  readonly params: Readonly<Record<string, string>>;
  /** Chosen by `ui_locales`, then the cookie, then `Accept-Language`, among the realm's languages. */
  readonly locale: string;
  /** The client's address; forwarding headers count only from configured proxies. */
  readonly address: string;
  /** `Firefox on Windows`, for people to recognise; never decides anything. */
  readonly browser: string;
  /** The same for every request of one browser, by a cookie that no other host can plant; undefined before its first form. */
  readonly browserMark: string | undefined;
  /** This request's reference number: in its log lines, and on the error page if it comes to that. */
  readonly reference: string;
  readonly log: Logger;
  /** The posted form. Throws `forbidden` without a valid CSRF token, `too_large`/`bad_request` beyond the limits. */
  form(): Promise<Form>;
  /** Renders with the realm's branding, the language, CSRF token and CSP. */
  render(page: PageRequest): Promise<void>;
  /** 303, to a path below the realm's issuer (`/sign-in/…`) or a full address. */
  redirect(to: string): void;
}

/** What a route of a realm works with: every request below a realm's issuer. */
export interface RealmContext extends SiteContext {
  readonly realm: Realm;
}

/** A page or action below a realm's issuer. `path` has `:names`. A POST is CSRF-checked when it reads `form()`. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(context: RealmContext): Promise<void>;
}

/** A page or action of the whole site, outside of realms: the development start page. `path` starts at the origin. */
export interface SiteRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(context: SiteContext): Promise<void>;
}
