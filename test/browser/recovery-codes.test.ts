import type { Browser } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { openBrowser, openContext } from '../support/browser.ts';
import { aPerson, arrived, complaintsOf, pastPassword, submit, visits } from './support/visits.ts';

describe('recovery codes in a browser', () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([runApp(), openBrowser()]);
    await app.app.realms.set('web1', 'policy.methods', ['totp', 'recovery'], { kind: 'system' });
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it.each(visits)('are kept, and let somebody in by another way (%s)', async (_, visit) => {
    const name = `keeps${visit.width}`;
    await aPerson(app, name);
    const context = await openContext(browser, visit);
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await pastPassword(app, page, name);
    await submit(page);
    const secret = (await page.locator('[data-secret]').innerText()).replaceAll(/\s/g, '');
    await page.fill('[name=code]', app.code(secret));
    await submit(page);

    await arrived(page, 'recovery-codes', visit);
    const codes = await page.locator('#codes code').allInnerTexts();
    expect(codes).toHaveLength(10);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a[download]').click()]);
    expect(download.suggestedFilename()).toBe('recovery-codes.txt');
    await page.reload();
    expect(await page.locator('#codes code').allInnerTexts()).toEqual(codes);
    await page.getByRole('button', { name: 'I kept them' }).click();
    await page.waitForURL(`${app.demoOrigin}/**`);

    await context.clearCookies();
    await pastPassword(app, page, name);
    await arrived(page, 'challenge', visit);
    await page.getByRole('button', { name: 'Recovery codes' }).click();
    await arrived(page, 'challenge', visit);
    await page.fill('[name=code]', '0000 0000 00000');
    await submit(page);
    await arrived(page, 'challenge', visit);
    expect(await page.locator('[role=alert]').first().innerText()).not.toBe('');
    await page.fill('[name=code]', (codes[4] ?? '').toLowerCase());
    await submit(page);
    await page.waitForURL(`${app.demoOrigin}/**`);
    expect(await page.locator('main').innerText()).toContain('mfa');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
