import type { Browser, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow, type Visit } from '../support/browser.ts';
import { TwilioServer } from '../support/twilio.ts';

const password = 'violet paper kangaroo';

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

  async function arrived(page: Page, step: string, { javaScript = true }: Visit): Promise<void> {
    await page.locator(`main[data-step="${step}"]`).waitFor();
    if (javaScript) await expectNoAxeViolations(page);
    expect(await sidewaysOverflow(page)).toBe(0);
  }
  const submit = (page: Page) => page.locator('main form button.primary').first().click();

  async function pastPassword(page: Page, name: string): Promise<void> {
    await page.goto(`${app.demoOrigin}/web1-mail/sign-in`);
    await page.fill('[name=identifier]', name);
    await page.fill('[name=password]', password);
    await submit(page);
  }

  async function aPerson(name: string): Promise<void> {
    const given = { realm: 'web1', name: 'Nadia New', username: name, email: `${name}@web1.example`, password };
    expect((await app.app.people.create(given)).ok).toBe(true);
  }

  async function toNumber(page: Page, name: string, visit: Visit): Promise<void> {
    await pastPassword(page, name);
    await page.locator('main form button.primary').first().click();
    await page.getByRole('button', { name: /codes by phone/i }).click();
    await arrived(page, 'enrol-phone', visit);
  }

  it.each<[string, Visit, string]>([
    ['wide', { width: 1100 }, '+4915123456701'],
    ['dark, 320 px', { width: 320, theme: 'dark' }, '+4366412345602'],
    ['without JavaScript', { width: 412, javaScript: false }, '+31612345603'],
  ])('are set up, fail, and let somebody in (%s)', async (_, visit, number) => {
    const name = `phones${visit.width}`;
    await aPerson(name);
    const context = await openContext(browser, visit);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
    });
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
    await pastPassword(page, name);
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
    await aPerson('keys');
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
