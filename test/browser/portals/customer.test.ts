import type { Browser } from 'playwright-core';
import { openBrowser } from '../../support/browser.ts';
import { Play, visits } from './play.ts';

const portal = 'Northlight Customer Portal';

/** Portal 2: a second factor for one user, by order of an admin. */
describe.each(visits)('the portal customer, %s', (_, visit) => {
  let browser: Browser;
  let play: Play;
  beforeAll(async () => {
    browser = await openBrowser();
    play = await Play.begin(browser, 'customer', visit);
  });
  afterAll(async () => {
    await play.end();
    await browser.close();
  });

  it('asks for an ordered token from the next sign-in on, with nothing to set up, and ends with the order', async () => {
    await play.open(portal);
    await play.givePassword('ben');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single'), org_name: 'Juniper Books' });

    await play.token('assign', 'customer', 'ghcu 0000 0001', 'ben', '--active');
    await play.visit(portal, 'ben');
    await play.arrive('challenge');
    await play.give({ code: play.shown('GHCU00000002') });
    expect(await play.alert()).not.toBe('');
    await play.arrive('challenge');
    await play.give({ code: play.shown('GHCU00000001') });
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa') });

    await play.token('unassign', 'customer', 'GHCU00000001', 'ben');
    await play.visit(portal, 'ben');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single') });
    expect(play.complaints).toEqual([]);
  });

  it('asks who has a token, and lets in by a password who has none', async () => {
    await play.visit(portal, 'carla');
    await play.page.locator('main[data-step=challenge]').waitFor();
    await play.give({ code: play.shown('GHCU00000002') });
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('otp') });
    await play.visit(portal, 'anna');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single'), roles: 'admin' });
  });
});
