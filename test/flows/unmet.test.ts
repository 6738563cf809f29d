import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, somebody } from './people.ts';
import { aPortal, type TestPortal } from './portal.ts';

describe('what a portal insists on and cannot have', () => {
  let app: RunningApp;
  let portal: TestPortal;
  beforeAll(async () => {
    app = await runApp();
    portal = await aPortal(app);
  });
  afterAll(() => app.close());

  async function asked(wishes: Readonly<Record<string, string>>) {
    const person = await somebody(app);
    const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
    await browser.visit((await portal.begin(wishes)).address);
    if (browser.page.step === 'password') await givePassword(browser, person);
    return portal.answer(browser).get('error');
  }
  const claim = (name: string, wish: object) => ({ claims: JSON.stringify({ id_token: { [name]: wish } }) });

  it.each([
    ['a level that this person has no method for', { acr_values: 'phr' }, 'unmet_authentication_requirements'],
    [
      'a level that is no text',
      claim('acr', { essential: true, values: [1, null] }),
      'unmet_authentication_requirements',
    ],
    ['a person who is no text', claim('sub', { value: 1 }), 'login_required'],
    ['a person without a name', claim('sub', { value: '' }), 'login_required'],
  ])('R5: is an error that it is told, never silence nor a page without a way on: %s', async (_, wishes, error) => {
    expect(await asked(wishes)).toBe(error);
  });
});
