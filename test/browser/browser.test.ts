import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { axeViolations, openBrowser, openContext, sidewaysOverflow } from '../support/browser.ts';

describe('the browser that tests use', () => {
  let browser: Browser;
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', "default-src 'none'; style-src 'self'; script-src 'self'");
    response.end(
      '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1><input id="nameless"></main></html>',
    );
  });
  let address: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('runs axe-core under a strict CSP and notices a field without a label', async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    await page.goto(address);
    const found = await axeViolations(page);
    expect(found.join()).toContain('label');
    await context.close();
  });

  it('has themes, widths and a mode without JavaScript', async () => {
    const dark = await openContext(browser, {
      theme: 'dark',
      width: 320,
      javaScript: false,
    });
    const page = await dark.newPage();
    await page.goto(address);
    expect(page.viewportSize()?.width).toBe(320);
    await dark.close();
    const light = await openContext(browser, { theme: 'dark', width: 412 });
    const other = await light.newPage();
    await other.goto(address);
    expect(await other.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(true);
    expect(await sidewaysOverflow(other)).toBe(0);
    await light.close();
  });
});
