import type { Context } from 'koa';
import { GatehouseError, type Keyring, randomToken, sameText } from '../kernel/index.ts';
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

/**
 * Tokens against forged forms: a keyed hash over a random cookie of this browser, the realm, and the part of the site
 * (`sign-in`, `account`) the form belongs to. Nothing is stored.
 */
export interface Csrf {
  /** The token for forms on this page; gives the browser its cookie when it has none. */
  token(koa: Context, site: Site, path: string): string;
  /** Throws `CookiesOff`, or `forbidden` when the form did not come from a page of ours in this browser. */
  check(koa: Context, site: Site, path: string, token: string): void;
  /** Tells this browser from others, by the same cookie: no other host can plant it. Undefined before the first form. */
  mark(koa: Context, site: Site): string | undefined;
}

export function createCsrf(keyring: Pick<Keyring, 'mac'>): Csrf {
  const tokenFor = (site: Site, path: string, browser: string) =>
    keyring.mac('csrf', `${site.id}\n${path.split('/')[1] ?? ''}\n${browser}`);

  return {
    token(koa, site, path) {
      let browser = readCookie(koa, site, cookieName(site));
      if (!isWellFormed(browser)) {
        browser = randomToken(24);
        writeCookie(koa, site, cookieName(site), browser, cookieDays);
      }
      return tokenFor(site, path, browser);
    },
    check(koa, site, path, token) {
      checkSource(koa, site);
      const browser = readCookie(koa, site, cookieName(site));
      if (!isWellFormed(browser)) throw new CookiesOff();
      if (!sameText(token, tokenFor(site, path, browser))) {
        throw new GatehouseError('forbidden', 'wrong CSRF token', { messageKey: 'error.form-outdated' });
      }
    },
    mark(koa, site) {
      const browser = readCookie(koa, site, cookieName(site));
      return isWellFormed(browser) ? keyring.mac('browser mark', `${site.id}\n${browser}`) : undefined;
    },
  };
}

const cookieName = (site: Site) => (site.id === '' ? 'gatehouse-browser' : `gatehouse-browser-${site.id}`);

const isWellFormed = (value: string | undefined): value is string => value !== undefined && /^[\w-]{32}$/.test(value);

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
