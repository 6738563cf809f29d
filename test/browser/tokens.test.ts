import type { Browser, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { openBrowser, openContext } from '../support/browser.ts';
import { operator, parts, press, secret } from '../tokens/tokens-for-tests.ts';
import { aPerson, arrived, pastPassword, submit, visits } from './support/visits.ts';

describe('tokens by Credential ID in a browser', () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([runApp(), openBrowser()]);
    await app.app.realms.set('web1', 'policy.methods', ['token'], { kind: 'system' });
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  const told = async (page: Page) => (await page.locator('[role=alert]').first().innerText()).trim();

  it.each(visits)(
    'are registered, asked for, brought back into step, and held after too many guesses (%s)',
    async (_, visit) => {
      const name = `token${visit.width}`;
      await aPerson(app, name);
      const id = `GHMB${String(visit.width).padStart(8, '0')}`;
      const file = `credential_id,kind,seed_base64\n${id},hotp,${secret}\n`;
      await app.app.tokens.import({ realm: 'web1', source: parts(file) }, operator);
      const context = await openContext(browser, visit);
      const page = await context.newPage();

      await pastPassword(app, page, name);
      await submit(page);
      await arrived(page, 'enrol-token', visit);
      await page.fill('[name=credential_id]', 'ghmb 9999-9999');
      await page.fill('[name=security_code_1]', press(0));
      await submit(page);
      await arrived(page, 'enrol-token', visit);
      expect(await told(page)).toContain('cannot be registered');
      expect(await page.inputValue('[name=credential_id]')).toBe('ghmb 9999-9999');
      await page.fill('[name=credential_id]', id.toLowerCase());
      await page.fill('[name=security_code_1]', press(1));
      await page.fill('[name=name]', 'Key ring');
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);

      await context.clearCookies();
      await pastPassword(app, page, name);
      await arrived(page, 'challenge', visit);
      expect(await page.locator('main').innerText()).toContain('Key ring');
      for (const ahead of [30, 31]) {
        await page.fill('[name=code]', press(ahead));
        await submit(page);
        await arrived(page, 'challenge', visit);
        expect(await told(page)).not.toBe('');
      }
      await page.fill('[name=code]', press(32));
      await page.fill('[name=next_code]', press(33));
      await submit(page);
      await page.waitForURL(`${app.demoOrigin}/**`);

      for (let round = 0; round < 2; round += 1) {
        await context.clearCookies();
        await pastPassword(app, page, name);
        await arrived(page, 'challenge', visit);
        for (let tries = 0; tries < 5; tries += 1) {
          await page.fill('[name=code]', press(200 + tries));
          await submit(page);
          await page
            .locator(tries < 4 ? '[role=alert]' : 'main[data-step=refused]')
            .first()
            .waitFor();
        }
      }
      await context.clearCookies();
      await pastPassword(app, page, name);
      await arrived(page, 'held', visit);
      await context.close();
    },
  );
});
