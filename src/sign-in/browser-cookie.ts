import type { RealmContext } from '../http/index.ts';
import { knownForS } from './browsers.ts';

/** The cookie that holds a known browser's secrets. `__Host-` wants https and the whole origin, so the realm is in the name. */
function nameOf(context: RealmContext, isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}gatehouse-${context.realm.id}-browser`;
}

export function browserCookie(context: RealmContext, isSecure: boolean): string {
  return context.koa.cookies.get(nameOf(context, isSecure)) ?? '';
}

// Written by hand: Koa refuses secure cookies behind a proxy that ends TLS.
export function setBrowserCookie(context: RealmContext, isSecure: boolean, value: string): void {
  const attributes = [`Path=/`, `Max-Age=${knownForS}`, 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])];
  context.koa.append('Set-Cookie', [`${nameOf(context, isSecure)}=${value}`, ...attributes].join('; '));
}
