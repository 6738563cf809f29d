import type { Browser, Page } from 'playwright-core';
import { type Somebody, somebody } from '../flows/people.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow, type Visit } from '../support/browser.ts';

describe('Remember this browser', () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([runApp(), openBrowser()]);
    await app.app.realms.set('web1', 'policy.rememberBrowserDays', 30, { kind: 'system' });
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  async function pastPassword(page: Page, { username, password }: Somebody): Promise<void> {
    await page.goto(`${app.demoOrigin}/web1-mail/sign-in`);
    await page.fill('[name=identifier]', username);
    await page.fill('[name=password]', password);
    await page.locator('main form button.primary').first().click();
  }

  it.each<[string, Visit, string]>([
    ['wide', { width: 1100 }, 'Remember this browser for 30 days'],
    ['dark, 320 px, in German', { width: 320, theme: 'dark', locale: 'de' }, 'Diesen Browser 30 Tage lang merken'],
    ['without JavaScript', { width: 412, javaScript: false }, 'Remember this browser for 30 days'],
  ])('is a box on the challenge, and the next sign-in needs the password alone (%s)', async (_, visit, label) => {
    const person = await somebody(app);
    const context = await openContext(browser, visit);
    const page = await context.newPage();
    await pastPassword(page, person);
    const box = page.getByRole('checkbox', { name: label });
    await box.waitFor();
    expect(await box.isChecked()).toBe(false);
    // The words are part of it.
    await page.getByText(label).click();
    expect(await box.isChecked()).toBe(true);
    if (visit.javaScript !== false) await expectNoAxeViolations(page);
    expect(await sidewaysOverflow(page)).toBe(0);
    await page.fill('[name=code]', app.code(person.secret));
    await page.locator('main form button.primary').first().click();
    await page.waitForURL(`${app.demoOrigin}/**`);

    await context.clearCookies({ name: /-session/ });
    await pastPassword(page, person);
    await page.waitForURL(`${app.demoOrigin}/**`);
    await context.close();
  });
});
