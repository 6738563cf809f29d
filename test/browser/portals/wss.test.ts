import type { Browser } from 'playwright-core';
import { openBrowser } from '../../support/browser.ts';
import { Play, visits } from './play.ts';

/** Portal 1: an account requires two factors of its admins, who set up two methods. */
describe.each(visits)('the portal wss, %s', (_, visit) => {
  let browser: Browser;
  let play: Play;
  beforeAll(async () => {
    browser = await openBrowser();
    play = await Play.begin(browser, 'wss', visit);
  });
  afterAll(async () => {
    await play.end();
    await browser.close();
  });

  it('leads an admin through token, phone and summary; later either opens the sign-in', async () => {
    await play.open('Sentinel Admin');
    await play.givePassword('hanna');
    await play.arrive('protect-account');
    await play.next();
    await play.arrive('choose-method');
    const [first, second, ...more] = await play.choices();
    expect([first, second, more]).toEqual([
      expect.stringContaining('Token'),
      expect.stringContaining('Codes by phone'),
      [],
    ]);
    await play.choose('Token');
    await play.arrive('enrol-token');
    await play.give({ credential_id: 'ghws 0000-0001', security_code_1: play.shown('GHWS00000001') });

    await play.arrive('second-method');
    await play.choose('Codes by phone');
    await play.proveNumber('+12025550143');
    await play.arrive('summary');
    expect(await play.page.locator('main li.choice small').allInnerTexts()).toEqual([
      expect.stringContaining('Primary'),
      expect.stringContaining('Secondary'),
    ]);
    await play.next();
    expect(await play.signedIn()).toMatchObject({
      acr: expect.stringContaining('mfa'),
      org_name: 'Harbour Logistics',
      roles: 'admin',
    });

    await play.visit('Sentinel Admin', 'hanna');
    await play.arrive('challenge');
    await play.give({ code: play.shown('GHWS00000001') });
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('otp') });

    await play.visit('Sentinel Admin', 'hanna');
    await play.arrive('challenge');
    await play.choose('Codes by phone');
    await play.arrive('challenge');
    await play.give({ code: await play.texted() });
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('sms') });
    expect(play.complaints).toEqual([]);
  });

  it('N5: lets an admin answer a call, and goes on by itself once the number of the page was keyed in', async () => {
    await play.visit('Sentinel Admin', 'omar');
    await play.arrive('protect-account');
    await play.next();
    await play.arrive('choose-method');
    await play.choose('Codes by phone');
    await play.arrive('enrol-phone');
    await play.page.fill('[name=phone]', '+12025550144');
    await play.page.locator('[name=channel][value=key]').check();
    await play.next();
    await play.page.locator('[data-number]').waitFor();
    await play.arrive('enrol-phone');
    await play.keyIn();
    await play.arrive('second-method');
    await play.choose('Token');
    await play.arrive('enrol-token');
    await play.give({ credential_id: 'GHWS00000002', security_code_1: play.shown('GHWS00000002') });
    await play.arrive('summary');
    await play.next();
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa') });

    await play.visit('Sentinel Admin', 'omar');
    await play.page.locator('[data-number]').waitFor();
    await play.arrive('challenge');
    await play.keyIn();
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('tel') });
    expect(play.complaints).toEqual([]);
  });

  it('asks admins of an account once it requires that, and nobody of another', async () => {
    await play.visit('Sentinel Admin', 'lars');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single') });

    const account = ['--organization', 'Lindqvist Bakery'];
    await play.policy('set', 'wss', 'secondFactor=required', 'forRoles=[owner, admin]', ...account);
    await play.visit('Sentinel Admin', 'lars');
    await play.page.locator('main[data-step=protect-account]').waitFor();
    await play.visit('Sentinel Admin', 'petra');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single'), roles: 'member' });
  });

  it('asks a single user who wanted it for themselves', async () => {
    await play.policy('set', 'wss', 'secondFactor=required', '--person', 'petra');
    await play.visit('Sentinel Admin', 'petra');
    await play.arrive('protect-account');
  });
});
