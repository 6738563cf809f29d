import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Koa from 'koa';
import { setPageHeaders } from '../../../src/http/headers.ts';
import { createViews } from '../../../src/http/index.ts';
import { allLanguages } from '../../../src/realm/index.ts';
import { readCatalogues } from '../../views/catalogue-uses.ts';
import { fromRightToLeft, rightToLeft } from '../../views/right-to-left.ts';
import { samplePages } from '../../views/sample-pages.ts';
import { layoutOf } from '../../views/sample-parts.ts';

export interface PageServer {
  /** `http://127.0.0.1:…` */
  readonly origin: string;
  /** Paths that were posted to, in order. */
  readonly posted: readonly string[];
  close(): Promise<void>;
}

/** Serves `/{language}/{sample}`, also in a language from right to left, with the product's templates, assets and CSP. A fixed clock: pictures do not change. */
export async function servePages(accent = { fill: '#0f6e5c', ink: '#ffffff' }): Promise<PageServer> {
  const views = createViews({
    directory: join(import.meta.dirname, '../../../views'),
    clock: { now: () => new Date('2026-11-23T14:00:00Z') },
    moreLanguages: { [rightToLeft]: fromRightToLeft(readCatalogues().get('en') ?? new Map()) },
  });
  const posted: string[] = [];
  const app = new Koa();
  app.use((koa) => {
    const [, first = '', second = '', third = ''] = koa.path.split('/');
    if (koa.method === 'POST') {
      posted.push(koa.path);
      // The browser stays where it is.
      koa.status = 204;
      return;
    }
    if (first === 'assets') return views.assets.serve(koa, second, third);
    if (first === 'theme.css') {
      koa.type = 'text/css';
      koa.body = `:root{--accent:${accent.fill};--accent-ink:${accent.ink}}`;
      return;
    }
    const page = samplePages[second];
    const language = [...allLanguages, rightToLeft].find((known) => known === first);
    if (page === undefined || language === undefined) return;
    setPageHeaders(koa, []);
    koa.body = views.page(page.view, layoutOf(views, page, language), { language, timeZone: 'Europe/Berlin' });
  });
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
