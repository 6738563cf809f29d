import type { Browser, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { openBrowser, openContext, type Visit } from '../support/browser.ts';
import { TwilioServer } from '../support/twilio.ts';
import {
  aPerson,
  arrived,
  complaintsOf,
  narrowAndDark,
  pastPassword,
  submit,
  wide,
  withoutJavaScript,
} from './support/visits.ts';

describe('codes by telephone in a browser', () => {
  let app: RunningApp;
  let browser: Browser;
  let twilio: TwilioServer;
  beforeAll(async () => {
    twilio = await TwilioServer.start();
    [app, browser] = await Promise.all([runApp({ env: twilio.env }), openBrowser()]);
    await app.app.realms.set('web1', 'policy.methods', ['phone', 'totp'], { kind: 'system' });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await app.close();
    await twilio.close();
  });

  async function toNumber(page: Page, name: string, visit: Visit): Promise<void> {
    await pastPassword(app, page, name);
    await submit(page);
    await page.getByRole('button', { name: /codes by phone/i }).click();
    await arrived(page, 'enrol-phone', visit);
  }

  it.each<[string, Visit, string]>([
    ['wide', wide, '+4915123456701'],
    ['dark, 320 px', narrowAndDark, '+4366412345602'],
    ['without JavaScript', withoutJavaScript, '+31612345603'],
  ])('are set up, fail, and let somebody in (%s)', async (_, visit, number) => {
    const name = `phones${visit.width}`;
    await aPerson(app, name);
    const context = await openContext(browser, visit);
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await toNumber(page, name, visit);
    await page.fill('[name=phone]', number);
    await page.getByRole('radio', { name: 'Text message' }).check();
    await submit(page);

    await page.locator('[name=code]').waitFor();
    await arrived(page, 'enrol-phone', visit);
    await twilio.status(twilio.last, 'delivered');
    // By itself where there are scripts, by a look otherwise.
    if (visit.javaScript === false) await page.getByRole('link', { name: /look whether/i }).click();
    await page.getByText('The message was delivered.').waitFor();
    await page.fill('[name=code]', twilio.code === '111111' ? '222222' : '111111');
    await submit(page);
    await page.locator('[role=alert]').first().waitFor();
    await arrived(page, 'enrol-phone', visit);
    await page.fill('[name=code]', twilio.code);
    await submit(page);
    await page.waitForURL(`${app.demoOrigin}/**`);

    app.clock.advance(3_600_000);
    await context.clearCookies();
    await pastPassword(app, page, name);
    await arrived(page, 'challenge', visit);
    await page.fill('[name=code]', twilio.code);
    await submit(page);
    await page.waitForURL(`${app.demoOrigin}/**`);
    expect(await page.locator('main').innerText()).toContain('mfa');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('N5: go on by themselves once the number of the page was keyed in', async () => {
    const visit: Visit = { width: 412 };
    await aPerson(app, 'keys');
    const context = await openContext(browser, visit);
    const page = await context.newPage();
    await toNumber(page, 'keys', visit);
    await page.fill('[name=phone]', '+33612345604');
    await page.getByRole('radio', { name: /key in a number/i }).check();
    await submit(page);
    await page.locator('[data-number]').waitFor();
    await arrived(page, 'enrol-phone', visit);
    const shown = (await page.locator('[data-number]').getAttribute('data-number')) ?? '';
    await twilio.press(twilio.last.twiml, shown);
    await page.waitForURL(`${app.demoOrigin}/**`);
    await context.close();
  });
});
