import type { Context } from 'koa';
import { readCookie, writeCookie } from './cookies.ts';
import { pathToLink } from './request-path.ts';
import type { Site } from './site.ts';

const cookie = 'gatehouse-language';
const cookieDays = 400;
const rightToLeft = new Set(['ar', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

/**
 * The language of this request's pages, one of `site.languages` that also has a catalogue: by `ui_locales` (OpenID
 * Connect Core §3.1.2.1, and our own language links; remembered in a cookie), then the cookie, then `Accept-Language`.
 */
export function chooseLanguage(koa: Context, site: Site, available: ReadonlySet<string>): string {
  const offered = site.languages.filter((language) => available.has(language));
  const asked = koa.querystring.includes('ui_locales') ? String(koa.query.ui_locales ?? '') : '';
  const wished = firstMatch(asked.slice(0, 200).split(/[\s,]+/), offered);
  if (wished !== undefined) {
    writeCookie(koa, site, cookie, wished, cookieDays);
    return wished;
  }
  return (
    firstMatch([readCookie(koa, site, cookie) ?? ''], offered) ??
    firstMatch(acceptedLanguages(koa.get('Accept-Language')), offered) ??
    offered[0] ??
    'en'
  );
}

/** `de-AT` is content with `de`. RFC 4647 §3.4. */
function firstMatch(tags: readonly string[], offered: readonly string[]): string | undefined {
  for (const tag of tags) {
    const primary = tag.toLowerCase().split('-')[0];
    const match = offered.find((language) => language.toLowerCase() === tag.toLowerCase() || language === primary);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** Tags of an `Accept-Language` header, best first; malformed parts are skipped. RFC 9110 §12.5.4. */
export function acceptedLanguages(header: string): readonly string[] {
  if (header === '') return [];
  return header
    .slice(0, 500)
    .split(',')
    .map((part) => /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(part))
    .map((match) => ({ tag: match?.[1] ?? '', weight: match?.[1] === undefined ? 0 : Number(match[2] ?? 1) }))
    .filter((entry) => entry.weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map((entry) => entry.tag);
}

export const directionOf = (language: string): 'ltr' | 'rtl' =>
  rightToLeft.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** The language's name in itself: `Deutsch`. */
export function nameOfLanguage(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** Links to the same page in the site's other languages; empty when there is nothing to choose. */
export function languageLinks(koa: Context, site: Site, available: ReadonlySet<string>, current: string) {
  const offered = site.languages.filter((language) => available.has(language));
  if (offered.length < 2) return [];
  const path = pathToLink(koa.originalUrl);
  const [, query = ''] = koa.originalUrl.split('?');
  return offered.map((code) => {
    const parameters = new URLSearchParams(query);
    parameters.set('ui_locales', code);
    return { code, name: nameOfLanguage(code), href: `${path}?${parameters.toString()}`, current: code === current };
  });
}
