import type { Browser } from 'playwright-core';
import { somebody } from '../flows/people.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow, type Visit } from '../support/browser.ts';
import { pastPassword, submit } from './support/visits.ts';

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

  it.each<[string, Visit, string]>([
    ['wide', { width: 1100 }, 'Remember this browser for 30 days'],
    ['dark, 320 px, in German', { width: 320, theme: 'dark', locale: 'de' }, 'Diesen Browser 30 Tage lang merken'],
    ['without JavaScript', { width: 412, javaScript: false }, 'Remember this browser for 30 days'],
  ])('is a box on the challenge, and the next sign-in needs the password alone (%s)', async (_, visit, label) => {
    const person = await somebody(app);
    const context = await openContext(browser, visit);
    const page = await context.newPage();
    await pastPassword(app, page, person.username, person.password);
    const box = page.getByRole('checkbox', { name: label });
    await box.waitFor();
    expect(await box.isChecked()).toBe(false);
    // The words are part of it.
    await page.getByText(label).click();
    expect(await box.isChecked()).toBe(true);
    if (visit.javaScript !== false) await expectNoAxeViolations(page);
    expect(await sidewaysOverflow(page)).toBe(0);
    await page.fill('[name=code]', app.code(person.secret));
    await submit(page);
    await page.waitForURL(`${app.demoOrigin}/**`);

    await context.clearCookies({ name: /-session/ });
    await pastPassword(app, page, person.username, person.password);
    await page.waitForURL(`${app.demoOrigin}/**`);
    await context.close();
  });
});
