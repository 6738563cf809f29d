import type { Context } from 'koa';
import type { Csrf } from './csrf.ts';
import { setPageHeaders } from './headers.ts';
import { directionOf, languageLinks } from './language.ts';
import type { PageRequest } from './page.ts';
import type { Site } from './site.ts';
import type { LayoutModel } from './view-model.ts';
import type { Views } from './views.ts';

/** What a page needs to know of the request it answers. */
export interface Reading {
  readonly koa: Context;
  readonly site: Site;
  readonly language: string;
  readonly reference: string;
  /** The path below `site.base`, which CSRF tokens are bound to. */
  readonly path: string;
}

/** Answers with `page`: branding, language, CSRF token, CSP. */
export function renderPage(views: Views, csrf: Csrf, reading: Reading, page: PageRequest): void {
  const { koa } = reading;
  const language = page.onlyLanguage ?? reading.language;
  const model = layoutModel(views, csrf, { ...reading, language }, page);
  const html = views.page(page.view, model, { language, timeZone: page.timeZone });
  koa.status = page.status ?? 200;
  setPageHeaders(koa, page.formOrigins ?? []);
  koa.set('Content-Language', language);
  if (page.refreshS !== undefined) koa.set('Refresh', String(page.refreshS));
  koa.body = html;
}

function layoutModel(
  views: Views,
  csrf: Csrf,
  { koa, site, language, reference, path }: Reading,
  page: PageRequest,
): LayoutModel {
  const text = (key: string, params = {}) => views.catalogues.text(language, key, params);
  const heading = text(page.titleKey, page.params);
  const faults = Object.entries(page.faults ?? {});
  const { links, support } = site.realm ?? {};
  return {
    lang: language,
    dir: directionOf(language),
    title: `${heading} · ${page.portal?.name ?? site.branding.name}`,
    heading,
    step: page.step,
    realm: site.branding,
    portal: page.portal && { name: page.portal.name, homeUrl: page.portal.homeUrl },
    person: page.person && { label: page.person.label, notYouHref: page.person.notYouHref },
    csrf: csrf.token(koa, site, path),
    madeFor: page.madeFor,
    languages: page.onlyLanguage === undefined ? languageLinks(koa, site, views.catalogues.languages, language) : [],
    links: { privacy: links?.privacy, help: links?.help },
    support: { email: support?.email, phone: support?.phone, url: support?.url },
    reference,
    values: page.values ?? {},
    faults: Object.fromEntries(faults.map(([field, fault]) => [field, text(fault.key, fault.params)])),
    faultyFields: faults.map(([field]) => field),
    model: page.model ?? {},
    body: '',
  };
}
