import type { Browser, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow, type Visit } from '../support/browser.ts';

const password = 'violet paper kangaroo';

describe('the set-up in a browser, from the password to the summary', () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([runApp(), openBrowser()]);
    const say = (rule: string, value: unknown) =>
      app.app.realms.set('web1', `policy.${rule}`, value, { kind: 'system' });
    await say('methods', ['totp', 'phone', 'recovery']);
    await say('secondMethod', 'required');
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });
  beforeEach(() => app.clock.advance(24 * 3_600_000));

  async function arrived(page: Page, step: string, { javaScript = true }: Visit): Promise<void> {
    await page.locator(`main[data-step="${step}"]`).waitFor();
    if (javaScript) await expectNoAxeViolations(page);
    expect(await sidewaysOverflow(page)).toBe(0);
  }
  const submit = (page: Page) => page.locator('main form button.primary').first().click();
  const press = (page: Page, name: RegExp) => page.getByRole('button', { name }).click();

  async function pastPassword(page: Page, name: string): Promise<void> {
    await page.goto(`${app.demoOrigin}/web1-mail/sign-in`);
    await page.fill('[name=identifier]', name);
    await page.fill('[name=password]', password);
    await submit(page);
  }

  /** Out of the message that went last to a telephone: where there is no provider, development keeps them. */
  async function texted(): Promise<string> {
    const { items } = await app.app.messaging.outbox.list({ limit: 20 });
    return /#(\d{6})/.exec(items.find(({ channel }) => channel === 'sms')?.text ?? '')?.[1] ?? '';
  }

  it.each<[string, string, Visit]>([
    ['wide', '+4915123456711', { width: 1100 }],
    ['dark, 320 px', '+4915123456722', { width: 320, theme: 'dark' }],
    ['without JavaScript', '+4915123456733', { width: 412, javaScript: false }],
  ])(
    'goes through an app, a telephone, recovery codes; then either opens the next sign-in (%s)',
    async (_, number, visit) => {
      const name = `sets-up-${visit.width}`;
      const made = await app.app.people.create({
        ...{ realm: 'web1', name: 'Nadia New', username: name, email: `${name}@web1.example`, password },
      });
      expect(made.ok).toBe(true);
      const context = await openContext(browser, visit);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
      });

      await pastPassword(page, name);
      await arrived(page, 'protect-account', visit);
      await submit(page);
      await arrived(page, 'choose-method', visit);
      await press(page, /codes by phone/i);
      await arrived(page, 'enrol-phone', visit);
      // No telephone at hand after all.
      await press(page, /choose another way/i);
      await arrived(page, 'choose-method', visit);
      await press(page, /authenticator app/i);
      await arrived(page, 'enrol-app', visit);
      const secret = (await page.locator('[data-secret]').innerText()).replaceAll(/\s/g, '');
      await page.fill('[name=code]', app.code(secret));
      await submit(page);

      await arrived(page, 'second-method', visit);
      await press(page, /codes by phone/i);
      await arrived(page, 'enrol-phone', visit);
      await page.fill('[name=phone]', number);
      await page.locator('[name=channel][value=sms]').check();
      await submit(page);
      await page.locator('[name=code]').waitFor();
      await arrived(page, 'enrol-phone', visit);
      await page.fill('[name=code]', await texted());
      await submit(page);
      await arrived(page, 'recovery-codes', visit);
      await submit(page);
      await arrived(page, 'summary', visit);
      expect(await page.locator('main li.choice small').allInnerTexts()).toEqual([
        expect.stringContaining('Primary'),
        expect.stringContaining('Secondary'),
        expect.stringContaining('nothing else'),
      ]);
      await page.reload();
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);

      await context.clearCookies();
      app.clock.advance(30_000);
      await pastPassword(page, name);
      await arrived(page, 'challenge', visit);
      await press(page, /codes by phone/i);
      await arrived(page, 'challenge', visit);
      await page.fill('[name=code]', await texted());
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
