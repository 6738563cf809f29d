import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser } from './people.ts';
import { aPortal } from './portal.ts';

describe('who begins sign-ins without end', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp({ env: { GATEHOUSE_STARTS_PER_MINUTE: '30' } });
  });
  afterAll(() => app.close());

  it('is asked to wait, by a page or as JSON; what was begun goes on', async () => {
    const portal = await aPortal(app);
    const begin = async () => (await portal.begin()).address;
    const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
    for (let begun = 0; begun < 30; begun += 1) await browser.visit(await begin());
    expect(browser.page.step).toBe('password');
    const { url } = browser.page;
    await browser.visit(await begin());
    expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'error', status: 429 });
    expect(Number(browser.page.headers['retry-after'])).toBeGreaterThan(0);
    expect(browser.page.text).toMatch(/too many tries/i);
    const program = await browser.request(await begin(), { headers: { accept: 'application/json' } });
    expect({ status: program.status, body: JSON.parse(program.body) as unknown }).toMatchObject({
      status: 429,
      body: { error: 'too_many' },
    });
    await browser.visit(url);
    expect(browser.page.step).toBe('password');
    app.clock.advance(60_000);
    await browser.visit(await begin());
    expect(browser.page.step).toBe('password');
  });
});
