import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Somebody, somebody } from '../flows/people.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { expectNoAxeViolations, openBrowser, openContext } from '../support/browser.ts';
import { submit } from './support/visits.ts';

describe('a browser’s own buttons', () => {
  let app: RunningApp;
  let browser: Browser;
  let person: Somebody;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    [app, browser] = await Promise.all([runApp(), openBrowser()]);
  });
  beforeEach(async () => {
    person = await somebody(app);
    context = await openContext(browser);
    page = await context.newPage();
  });
  afterEach(() => context.close());
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const arrived = (on: Page, step: string) => on.locator(`main[data-step="${step}"]`).waitFor();

  async function toChallenge(on: Page): Promise<void> {
    await on.goto(`${app.demoOrigin}/web1-mail/sign-in`);
    await arrived(on, 'password');
    await on.fill('[name=identifier]', person.username);
    await on.fill('[name=password]', person.password);
    await submit(on);
    await arrived(on, 'challenge');
  }

  async function giveCode(on: Page): Promise<void> {
    app.clock.advance(30_000);
    await on.fill('[name=code]', app.code(person.secret));
    await submit(on);
    await on.waitForURL(`${app.demoOrigin}/**`);
  }

  it('back from the code leads to the code again, and reloading asks nothing twice', async () => {
    await toChallenge(page);
    await page.goBack();
    await page.locator('main').waitFor();
    await page.reload();
    await arrived(page, 'challenge');
    await page.reload();
    await arrived(page, 'challenge');
    await giveCode(page);
    expect(await page.locator('main').innerText()).toContain(person.user.email);
  });

  it('back after signing in leads to a page that says it is done, with a way on to the portal', async () => {
    await toChallenge(page);
    await giveCode(page);
    await page.goBack();
    await arrived(page, 'finished');
    await expectNoAxeViolations(page);
    await page.locator(`main a[href="${app.demoOrigin}/web1-mail"]`).click();
    await page.waitForURL(`${app.demoOrigin}/**`);
    expect(await page.locator('main').innerText()).toContain(person.user.email);
  });

  it('reloading after a wrong code shows the field again, and the right code still works', async () => {
    await toChallenge(page);
    await page.fill('[name=code]', '000000');
    await submit(page);
    await page.getByRole('alert').first().waitFor();
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    await page.reload();
    await arrived(page, 'challenge');
    expect(posts).toEqual([]);
    await giveCode(page);
  });

  it('back after a wrong code and the right one leads to the page that says it is done, not to a form to send again', async () => {
    await toChallenge(page);
    await page.fill('[name=code]', '000000');
    await submit(page);
    await page.getByRole('alert').first().waitFor();
    await giveCode(page);
    await page.goBack();
    await arrived(page, 'finished');
  });

  it('without scripts, back after a wrong code and the right one leads to pages of ours, and sends no form again', async () => {
    const plain = await openContext(browser, { javaScript: false });
    const tab = await plain.newPage();
    await toChallenge(tab);
    await tab.fill('[name=code]', '000000');
    await submit(tab);
    await tab.getByRole('alert').first().waitFor();
    await giveCode(tab);
    const posts: string[] = [];
    tab.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    for (let back = 0; back < 2; back += 1) {
      await tab.goBack();
      await arrived(tab, 'finished');
      expect(await tab.locator(`main a[href="${app.demoOrigin}/web1-mail"]`).count()).toBe(1);
    }
    expect(posts).toEqual([]);
    await plain.close();
  });

  it('two tabs both come back to the portal', async () => {
    const other = await context.newPage();
    await toChallenge(page);
    await toChallenge(other);
    await giveCode(page);
    await giveCode(other);
    for (const tab of [page, other]) expect(await tab.locator('main').innerText()).toContain(person.user.email);
  });

  it('a page left open for half an hour says so, and the portal is one press away', async () => {
    await toChallenge(page);
    app.clock.advance(31 * 60_000);
    await page.fill('[name=code]', app.code(person.secret));
    await submit(page);
    await arrived(page, 'expired');
    await expectNoAxeViolations(page);
    await page.locator(`main a[href="${app.demoOrigin}/web1-mail"]`).click();
    await page.waitForURL(`${app.demoOrigin}/**`);
  });

  it('a pressed button twice signs in once', async () => {
    await toChallenge(page);
    app.clock.advance(30_000);
    await page.fill('[name=code]', app.code(person.secret));
    await page.locator('main form button.primary').first().dblclick();
    await page.waitForURL(`${app.demoOrigin}/**`);
    expect(await page.locator('main').innerText()).toContain(person.user.email);
  });
});
