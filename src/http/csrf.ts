import type { Context } from 'koa';
import { type Clock, GatehouseError, type Keyring, randomToken, sameText } from '../kernel/index.ts';
import { readCookie, writeCookie } from './cookies.ts';
import type { Site } from './site.ts';

/** The browser that posts has no cookie of ours: it keeps none, or lost it. Shown as the page `cookies-off`. */
export class CookiesOff extends GatehouseError {
  constructor() {
    super('forbidden', 'a form was posted without our cookie', { messageKey: 'error.cookies-off' });
    this.name = 'CookiesOff';
  }
}

const cookieDays = 180;
const dayMs = 86_400_000;

/**
 * Tokens against forged forms: a keyed hash over a random cookie of this browser, the realm, and the part of the site
 * (`sign-in`, `account`) the form belongs to. Nothing is stored.
 */
export interface Csrf {
  /** The token for forms on this page; gives the browser its cookie when it has none, and again past half its life. */
  token(koa: Context, site: Site, path: string): string;
  /** Throws `CookiesOff`, or `forbidden` when the form did not come from a page of ours in this browser. */
  check(koa: Context, site: Site, path: string, token: string): void;
  /** Tells this browser from others, by the same cookie: no other host can plant it. Undefined before the first form. */
  mark(koa: Context, site: Site): string | undefined;
}

export function createCsrf(keyring: Pick<Keyring, 'mac'>, clock: Clock): Csrf {
  const today = () => Math.floor(clock.now().getTime() / dayMs);
  const tokenFor = (site: Site, path: string, browser: string) =>
    keyring.mac('csrf', `${site.id}\n${path.split('/')[1] ?? ''}\n${browser}`);

  return {
    token(koa, site, path) {
      const held = heldBy(koa, site);
      const browser = held?.secret ?? randomToken(24);
      const ageDays = held === undefined ? Number.POSITIVE_INFINITY : today() - held.sinceDay;
      if (ageDays < 0 || ageDays > cookieDays / 2) {
        writeCookie(koa, site, formsCookie(site), `${browser}.${today()}`, cookieDays);
      }
      return tokenFor(site, path, browser);
    },
    check(koa, site, path, token) {
      checkSource(koa, site);
      const held = heldBy(koa, site);
      if (held === undefined) throw new CookiesOff();
      if (!sameText(token, tokenFor(site, path, held.secret))) {
        throw new GatehouseError('forbidden', 'wrong CSRF token', { messageKey: 'error.form-outdated' });
      }
    },
    mark(koa, site) {
      const held = heldBy(koa, site);
      return held === undefined ? undefined : keyring.mac('browser mark', `${site.id}\n${held.secret}`);
    },
  };
}

/** Realms have no dots in their names: no two of our cookies can share one, whatever realms are called. */
export const formsCookie = (site: Pick<Site, 'id'>): string =>
  site.id === '' ? 'gatehouse.forms' : `gatehouse.forms.${site.id}`;

/** `secret.day`: since which day, counted from 1970, the browser has had it. Only the secret tells browsers apart. */
function heldBy(koa: Context, site: Site): { readonly secret: string; readonly sinceDay: number } | undefined {
  const [, secret, day] = /^([\w-]{32})\.(\d{1,6})$/.exec(readCookie(koa, site, formsCookie(site)) ?? '') ?? [];
  return secret === undefined ? undefined : { secret, sinceDay: Number(day) };
}

/** What browsers themselves say about where a form stood; a program may say nothing. */
function checkSource(koa: Context, site: Site): void {
  const origin = koa.get('Origin');
  const fetchSite = koa.get('Sec-Fetch-Site');
  const isOurs = origin === '' || site.isOwnOrigin(origin, koa.get('Host'));
  // `none`: the person sent it again by reloading or going back.
  const isSameOrigin = fetchSite === '' || fetchSite === 'same-origin' || fetchSite === 'none';
  if (!isOurs || !isSameOrigin) {
    throw new GatehouseError(
      'forbidden',
      `a form was posted from elsewhere (origin ${JSON.stringify(origin.slice(0, 100))})`,
    );
  }
}
