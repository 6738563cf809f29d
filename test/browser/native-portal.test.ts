import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { Browser } from 'playwright-core';
import { setPageHeaders } from '../../src/http/headers.ts';
import { openBrowser, openContext } from '../support/browser.ts';

/** A page of ours whose form ends, by a redirect, at an app on the device. */
describe('a form whose redirects end at an app', () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  let allowed: readonly string[] = [];
  beforeAll(async () => {
    const site = new Koa();
    site.use((koa) => {
      if (koa.method === 'POST') {
        koa.status = 303;
        koa.redirect('com.example.app:/callback?code=c');
        return;
      }
      setPageHeaders(koa, allowed);
      koa.body =
        '<!doctype html><html lang="en"><title>A page</title><form method="post" action="/"><button>Go on</button></form></html>';
    });
    const listener = site.callback();
    server = createServer((request, response) => void listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  });

  /** What the browser says about the redirect: it follows it to the app, or its policy forbids that. */
  async function goOn(): Promise<'followed' | 'forbidden'> {
    const context = await openContext(browser);
    try {
      const page = await context.newPage();
      await page.goto(origin);
      const forbidden = page
        .waitForEvent('console', (message) => message.text().includes('form-action'))
        .then(() => 'forbidden' as const);
      // No app takes the address here, so the browser gives the request up.
      const followed = page
        .waitForEvent('requestfailed', (request) => request.url().startsWith('com.example.app:'))
        .then(() => 'followed' as const);
      forbidden.catch(() => undefined);
      followed.catch(() => undefined);
      await page.click('button', { noWaitAfter: true });
      return await Promise.race([forbidden, followed]);
    } finally {
      await context.close();
    }
  }

  it('is let through when the page names its scheme, and stopped when it does not', async () => {
    allowed = ['com.example.app:'];
    expect(await goOn()).toBe('followed');
    allowed = [];
    expect(await goOn()).toBe('forbidden');
  });
});
