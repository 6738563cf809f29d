import type { RealmContext } from '../http/index.ts';
import { knownForS } from './browsers.ts';

/**
 * The cookie that holds a known browser's secrets. `__Host-` wants https and the whole origin, so the realm is in the
 * name; behind a dot, which no realm has in its own.
 */
export function knownBrowserCookie(realm: string, isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}gatehouse.known.${realm}`;
}

export function browserCookie(context: RealmContext, isSecure: boolean): string {
  return context.koa.cookies.get(knownBrowserCookie(context.realm.id, isSecure)) ?? '';
}

// Written by hand: Koa refuses secure cookies behind a proxy that ends TLS.
export function setBrowserCookie(context: RealmContext, isSecure: boolean, value: string): void {
  const attributes = [`Path=/`, `Max-Age=${knownForS}`, 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])];
  context.koa.append(
    'Set-Cookie',
    [`${knownBrowserCookie(context.realm.id, isSecure)}=${value}`, ...attributes].join('; '),
  );
}
