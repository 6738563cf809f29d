import type { Browser, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { openBrowser, openContext, type Visit } from '../support/browser.ts';
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

  const press = (page: Page, name: RegExp) => page.getByRole('button', { name }).click();

  /** Out of the message that went last to a telephone: where there is no provider, development keeps them. */
  async function texted(): Promise<string> {
    const { items } = await app.app.messaging.outbox.list({ limit: 20 });
    return /#(\d{6})/.exec(items.find(({ channel }) => channel === 'sms')?.text ?? '')?.[1] ?? '';
  }

  it.each<[string, string, Visit]>([
    ['wide', '+4915123456711', wide],
    ['dark, 320 px', '+4915123456722', narrowAndDark],
    ['without JavaScript', '+4915123456733', withoutJavaScript],
  ])(
    'goes through an app, a telephone, recovery codes; then either opens the next sign-in (%s)',
    async (_, number, visit) => {
      const name = `sets-up-${visit.width}`;
      await aPerson(app, name);
      const context = await openContext(browser, visit);
      const page = await context.newPage();
      const complaints = complaintsOf(page);

      await pastPassword(app, page, name);
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
      await pastPassword(app, page, name);
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
