import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { openBrowser, openContext, type Visit } from '../support/browser.ts';
import { aPerson, arrived, complaintsOf, password } from './support/visits.ts';

const ownersSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

const browsers: readonly (readonly [string, Visit])[] = [
  ['light, wide', { theme: 'light', width: 1100 }],
  ['dark, 320 px', { theme: 'dark', width: 320 }],
  ['light, 412 px, without JavaScript', { theme: 'light', width: 412, javaScript: false }],
];

describe('from the first click to "signed in"', () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([runApp(), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  /** Every page on the way, and what its console complains of. */
  function watch(
    page: Page,
    visit: Visit,
  ): { readonly arrived: (step: string) => Promise<void>; readonly complaints: readonly string[] } {
    return { complaints: complaintsOf(page), arrived: (step) => arrived(page, step, visit) };
  }

  async function through(visit: Visit, journey: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
    const context = await openContext(browser, visit);
    try {
      await journey(await context.newPage(), context);
    } finally {
      await context.close();
    }
  }

  const submit = (page: Page) =>
    page.locator('main form button.primary, main form button[type=submit]').first().click();

  it.each(browsers)('a member of web1 sets up an authenticator app and comes back (%s)', async (_, visit) => {
    await through(visit, async (page) => {
      const name = `new${visit.width}`;
      await aPerson(app, name);
      const { arrived, complaints } = watch(page, visit);
      await page.goto(`${app.demoOrigin}/web1-mail`);
      await page.getByRole('link', { name: 'Sign in', exact: true }).click();

      await arrived('password');
      await page.fill('[name=identifier]', name);
      await page.fill('[name=password]', 'wrong horse battery');
      await submit(page);
      await arrived('password');
      expect(await page.locator('[role=alert]').first().innerText()).not.toBe('');
      expect(await page.inputValue('[name=identifier]')).toBe(name);
      await page.fill('[name=password]', password);
      await submit(page);

      await arrived('protect-account');
      await submit(page);
      await arrived('enrol-app');
      const secret = (await page.locator('[data-secret]').innerText()).replaceAll(/\s/g, '');
      await page.fill('[name=code]', app.code(secret));
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);
      expect(await page.locator('main').innerText()).toContain(`${name}@web1.example`);
      expect(complaints).toEqual([]);
    });
  });

  it.each(browsers)('a member of web1 types the code with blanks, as the app shows it (%s)', async (_, visit) => {
    await through(visit, async (page) => {
      app.clock.advance(120_000);
      const { arrived, complaints } = watch(page, visit);
      await page.goto(`${app.demoOrigin}/web1-mail`);
      await page.getByRole('link', { name: 'Sign in', exact: true }).click();
      await arrived('password');
      await page.fill('[name=identifier]', 'owner@web1.example');
      await page.fill('[name=password]', 'seven green bicycles');
      await submit(page);
      await arrived('challenge');
      expect(await page.evaluate('document.activeElement?.getAttribute("name")')).toBe('code');
      await page.fill('[name=code]', '00 00');
      await submit(page);
      await arrived('challenge');
      const code = app.code(ownersSecret);
      await page.fill('[name=code]', `${code.slice(0, 3)} ${code.slice(3)}`);
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);
      expect(complaints).toEqual([]);
    });
  });

  it.each(browsers)('a reader of plain agrees, looks around, signs out (%s)', async (_, visit) => {
    await through(visit, async (page) => {
      const name = `reader${visit.width}`;
      const readers = { realm: 'plain', name: 'Rita Reader', username: name, password: 'eleven copper weathervanes' };
      const made = await app.app.people.create(readers);
      expect(made.ok).toBe(true);
      const { arrived, complaints } = watch(page, visit);
      await page.goto(`${app.demoOrigin}/plain-notes`);
      await page.getByRole('link', { name: 'Sign in', exact: true }).click();
      await arrived('password');
      await page.fill('[name=identifier]', name);
      await page.fill('[name=password]', readers.password);
      await submit(page);
      await arrived('consent');
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);
      await page
        .getByRole('button', { name: /sign out/i })
        .first()
        .click();
      await arrived('sign-out');
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);
      expect(complaints).toEqual([]);
    });
  });

  it('is done with the keyboard alone', async () => {
    await through({ theme: 'light', width: 1100 }, async (page) => {
      app.clock.advance(120_000);
      await page.goto(`${app.demoOrigin}/web1-mail/sign-in`);
      await page.locator('main[data-step=password]').waitFor();
      await page.keyboard.type('owner');
      await page.keyboard.press('Tab');
      await page.keyboard.type('seven green bicycles');
      await page.keyboard.press('Enter');
      await page.locator('main[data-step=challenge]').waitFor();
      await page.keyboard.type(app.code(ownersSecret));
      await page.keyboard.press('Enter');
      await page.waitForURL(`${app.demoOrigin}/**`);
    });
  });

  it('survives closing the browser: the session is no session cookie', async () => {
    await through({ theme: 'light', width: 1100 }, async (page, context) => {
      app.clock.advance(120_000);
      await page.goto(`${app.demoOrigin}/web1-mail/sign-in`);
      await page.fill('[name=identifier]', 'owner');
      await page.fill('[name=password]', 'seven green bicycles');
      await submit(page);
      await page.locator('main[data-step=challenge]').waitFor();
      await page.fill('[name=code]', app.code(ownersSecret));
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);
      const cookies = await context.cookies(app.origin);
      const session = cookies.filter((cookie) => /session/.test(cookie.name) && !/legacy/.test(cookie.name));
      expect(session.length).toBeGreaterThan(0);
      for (const cookie of session) {
        expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
        expect(cookie.expires).toBeGreaterThan(0);
      }
    });
  });
});
