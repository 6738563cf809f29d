import type { Context } from 'koa';
import type { Site } from './site.ts';

const secondsPerDay = 86_400;

/** `__Host-` on https: bound to this host, https and the whole site; plain on http in development. */
const fullName = (site: Site, name: string) => (site.isHttps ? `__Host-${name}` : name);

export function readCookie(koa: Context, site: Site, name: string): string | undefined {
  return koa.cookies.get(fullName(site, name));
}

/** Host-only, HttpOnly, SameSite=Lax, on the whole origin. */
export function writeCookie(koa: Context, site: Site, name: string, value: string, days: number): void {
  const secure = site.isHttps ? '; Secure' : '';
  koa.append(
    'Set-Cookie',
    `${fullName(site, name)}=${value}; Path=/; Max-Age=${days * secondsPerDay}; HttpOnly; SameSite=Lax${secure}`,
  );
}
