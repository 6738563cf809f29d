import type { Browser } from 'playwright-core';
import { openBrowser } from '../../support/browser.ts';
import { Play, visits } from './play.ts';

/** Portal 3: two services, strict tokens, and a choice of account. */
describe.each(visits)('the portal msp, %s', (_, visit) => {
  let browser: Browser;
  let play: Play;
  beforeAll(async () => {
    browser = await openBrowser();
    play = await Play.begin(browser, 'msp', visit);
  });
  afterAll(async () => {
    await play.end();
    await browser.close();
  });

  it('has people of both services register the token sent to them, and asks for it at either', async () => {
    await play.open('Keystone Intel');
    await play.givePassword('priya');
    await play.arrive('protect-account');
    await play.next();
    await play.arrive('enrol-token');
    const codes = (id: string) => ({ security_code_1: play.shown(id), security_code_2: play.shown(id, 1) });
    // There, but nobody's: it was not sent to her.
    await play.give({ credential_id: 'GHMS00000003', ...codes('GHMS00000003') });
    const refused = await play.alert();
    await play.arrive('enrol-token');
    await play.give({ credential_id: 'GHMS99999999', ...codes('GHMS00000003') });
    expect(await play.alert()).toBe(refused);
    await play.give({ credential_id: 'ghms-0000-0001', ...codes('GHMS00000001'), name: 'Welcome packet' });
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa'), org_name: 'Alder Bank' });

    for (const portal of ['Keystone MSS', 'Keystone Intel']) {
      await play.visit(portal, 'priya');
      await play.arrive('challenge');
      await play.give({ code: play.shown('GHMS00000001') });
      expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa') });
    }
    expect(play.complaints).toEqual([]);
  });

  it('never takes a code twice, and says to wait for the next one', async () => {
    await play.visit('Keystone Intel', 'priya');
    const code = play.shown('GHMS00000001');
    await play.give({ code });
    await play.signedIn();
    await play.page.goto(`${play.app.demoOrigin}/intel/sign-in?prompt=login`);
    await play.givePassword('priya');
    await play.page.locator('main[data-step=challenge]').waitFor();
    await play.give({ code });
    expect(await play.alert()).toMatch(/wait/i);
    await play.arrive('challenge');
  });

  it('never asks who has only the service that needs no token', async () => {
    await play.visit('Keystone Intel', 'ines');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single'), org_name: 'Cedar Foods' });
  });

  it('names the service desk to somebody to whom no token was sent', async () => {
    await play.visit('Keystone MSS', 'tom');
    await play.arrive('refused');
    expect(await play.page.locator('main').innerText()).toContain('+1 202 555 0170');
  });

  it('asks who belongs to several organizations which; a switch is a new choice, not a new sign-in', async () => {
    await play.visit('Keystone MSS', 'marco');
    await play.arrive('choose-organization');
    expect(await play.choices()).toEqual(['Alder Bank', 'Birch Clinics']);
    await play.choose('Birch Clinics');
    await play.arrive('challenge');
    await play.give({ code: play.shown('GHMS00000002') });
    const before = await play.signedIn();
    expect(before).toMatchObject({ org_name: 'Birch Clinics', roles: 'member' });

    await play.page.getByRole('link', { name: 'Switch organization' }).click();
    await play.arrive('choose-organization');
    await play.choose('Alder Bank');
    const after = await play.signedIn();
    expect(after).toMatchObject({ org_name: 'Alder Bank', roles: 'admin', auth_time: before['auth_time'] });
    expect(play.complaints).toEqual([]);
  });
});
