import type { Browser, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow, type Visit } from '../support/browser.ts';

const password = 'violet paper kangaroo';

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

  it.each<[string, Visit]>([
    ['wide', { width: 1100 }],
    ['dark, 320 px', { width: 320, theme: 'dark' }],
    ['without JavaScript', { width: 412, javaScript: false }],
  ])('are kept, and let somebody in by another way (%s)', async (_, visit) => {
    const name = `keeps${visit.width}`;
    const made = await app.app.people.create({
      realm: 'web1',
      name: 'Nadia New',
      username: name,
      email: `${name}@web1.example`,
      password,
    });
    expect(made.ok).toBe(true);
    const context = await openContext(browser, visit);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
    });
    await pastPassword(page, name);
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
    await pastPassword(page, name);
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
