import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, type Somebody, somebody, toPassword } from './people.ts';

const actor = { kind: 'operator' } as const;
const dayMs = 24 * 60 * 60_000;

describe('the grace of a requirement', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  async function grace(value: unknown) {
    expect(await app.app.realms.set('web1', 'policy.grace', value, actor)).toMatchObject({ ok: true });
  }

  /** The page after the password, in a browser of its own. */
  async function asked(person: Somebody) {
    const browser = await givePassword(await toPassword(app, aBrowser(app)), person);
    expect(browser.page.step).toBe('protect-account');
    return browser;
  }

  it('says how often the set-up can be put off, and until when, until it cannot any more', async () => {
    await grace({ postponements: 2, days: 14 });
    const person = await somebody(app, 'web1', { hasApp: false });
    for (const words of ['You can put this off 2 more times.', 'You can put this off once more.']) {
      const browser = await asked(person);
      expect(browser.page.text).toContain(words);
      expect(browser.page.text).toContain('You can put this off until');
      // Reloading and looking at the next page use nothing up.
      await browser.reload();
      expect(browser.page.text).toContain(words);
      await browser.submit('/postpone');
      expect(browser.page.url.origin).toBe(app.demoOrigin);
      app.clock.advance(60_000);
    }
    const last = await asked(person);
    expect(last.page.text).not.toContain('put this off');
    expect(last.page.forms.some(({ action }) => action.pathname.endsWith('/postpone'))).toBe(false);
  });

  it('ends after its days, counted from the first time that the set-up was put off', async () => {
    await grace({ days: 7 });
    const person = await somebody(app, 'web1', { hasApp: false });
    app.clock.advance(30 * dayMs);
    await (await asked(person)).submit('/postpone');
    app.clock.advance(7 * dayMs - 1_000);
    expect((await asked(person)).page.text).toContain('You can put this off until');
    app.clock.advance(1_000);
    expect((await asked(person)).page.text).not.toContain('put this off');
  });
});
