import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, type Somebody, somebody, toChallenge, told, toPassword } from './people.ts';

/** More than wrong guesses of one address range are looked at in an hour. */
const many = 120;

describe('fault 43: empty input', () => {
  let app: RunningApp;
  let person: Somebody;
  beforeAll(async () => {
    app = await runApp();
    person = await somebody(app);
  });
  afterAll(() => app.close());

  it('as user name and password is no guess: nothing is hashed, counted or written down for it', async () => {
    const browser = await toPassword(app, aBrowser(app));
    const before = await told(app, 'web1', {});
    for (let time = 0; time < many; time += 1) {
      await browser.fill({ identifier: time % 2 === 0 ? '' : ' ', password: '' }).submit();
      expect([browser.page.step, browser.page.alerts.length]).toEqual(['password', 2]);
    }
    expect(await told(app, 'web1', {})).toEqual(before);
    await givePassword(browser, person);
    expect(browser.page.step).toBe('challenge');
  });

  it('as a code is no guess either', async () => {
    const browser = await toChallenge(app, aBrowser(app), person);
    const before = await told(app, 'web1', {});
    for (let time = 0; time < many; time += 1) {
      await browser.fill({ code: time % 2 === 0 ? '' : ' ' }).submit();
      expect([browser.page.step, browser.page.alerts.length]).toEqual(['challenge', 1]);
    }
    expect(await told(app, 'web1', {})).toEqual(before);
    await browser.fill({ code: app.code(person.secret) }).submit();
    expect(browser.page.url.origin).toBe(app.demoOrigin);
  });

  it.each([
    '/token',
    '/request',
    '/token/introspection',
    '/token/revocation',
    '/auth',
    '/session/end',
    '/device',
    '/reg',
  ])('at %s is refused at once, also as 50,000 fields without a name', async (path) => {
    const before = await told(app, 'web1', {});
    for (const body of ['', '&', 'client_id=&client_secret=', 'grant_type=', '='.repeat(100), '&'.repeat(50_000)]) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const init = { method: 'POST', headers, body, redirect: 'manual' } as const;
      const { status } = await fetch(`${app.origin}/realms/web1${path}`, init);
      expect([body.slice(0, 30), status >= 300 && status < 500]).toEqual([body.slice(0, 30), true]);
    }
    const types = (await told(app, 'web1', {})).map(({ type }) => type).slice(0, -before.length);
    expect(types.filter((type) => type !== 'request.refused')).toEqual([]);
  });
});
