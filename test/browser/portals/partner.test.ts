import type { Browser } from 'playwright-core';
import { openBrowser } from '../../support/browser.ts';
import { Play, visits } from './play.ts';

const portal = 'Meridian Partner Desk';

/** Portal 4: partners with clients below them, and any one of several methods. */
describe.each(visits)('the portal partner, %s', (_, visit) => {
  let browser: Browser;
  let play: Play;
  beforeAll(async () => {
    browser = await openBrowser();
    play = await Play.begin(browser, 'partner', visit);
  });
  afterAll(async () => {
    await play.end();
    await browser.close();
  });

  it('leads an employee without anything through number and app; later any one of them suffices', async () => {
    await play.open(portal);
    await play.givePassword('rosa');
    await play.arrive('protect-account');
    await play.next();
    await play.arrive('choose-method');
    await play.choose('Codes by phone');
    await play.proveNumber('+12025550144');
    await play.arrive('second-method');
    await play.choose('Authenticator app');
    const secret = await play.addApp();
    await play.arrive('summary');
    await play.next();
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa'), org_name: 'Employees' });

    // The code is on its way when the page is there.
    await play.visit(portal, 'rosa');
    await play.arrive('challenge');
    await play.give({ code: await play.texted() });
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('sms') });

    await play.visit(portal, 'rosa');
    await play.choose('Authenticator app');
    await play.arrive('challenge');
    await play.give({ code: play.app.code(secret) });
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('otp') });
    expect(play.complaints).toEqual([]);
  });

  it('asks who has an app for it first, then has the number proven', async () => {
    await play.visit(portal, 'sam');
    await play.arrive('challenge');
    await play.give({ code: play.appOf('sam') });
    await play.arrive('second-method');
    await play.choose('Codes by phone');
    await play.proveNumber('+12025550145');
    await play.arrive('summary');
    await play.next();
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa') });
  });

  it('switches one client at a time, and no other partner’s people', async () => {
    await play.visit(portal, 'flora');
    await play.page.locator('main[data-step=protect-account]').waitFor();
    for (const username of ['quentin', 'dana']) {
      await play.visit(portal, username);
      expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single') });
    }
    await play.policy('set', 'partner', 'secondFactor=required', '--organization', 'Summit Partners/Quill Law');
    await play.visit(portal, 'quentin');
    await play.page.locator('main[data-step=protect-account]').waitFor();
    await play.visit(portal, 'dana');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single') });
  });
});
