import type { Browser } from 'playwright-core';
import { openBrowser } from '../../support/browser.ts';
import { Play, visits } from './play.ts';

/** Portal 5: an organization's switch, any authenticator app, and SMS only where everyone agrees. */
describe.each(visits)('the portal web1, %s', (_, visit) => {
  let browser: Browser;
  let play: Play;
  beforeAll(async () => {
    browser = await openBrowser();
    play = await Play.begin(browser, 'web1', visit);
  });
  afterAll(async () => {
    await play.end();
    await browser.close();
  });

  it('shows a QR code and six boxes once, six boxes later, and nothing of text messages', async () => {
    await play.open('Web1 Mail');
    await play.givePassword('noah');
    await play.arrive('protect-account');
    await play.next();
    await play.arrive('enrol-app');
    expect(await play.page.locator('main .qr svg').isVisible()).toBe(true);
    expect(await play.page.locator('main .boxes i').count()).toBe(6);
    const secret = await play.addApp();
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa'), org_name: 'Acme' });

    await play.visit('Web1 Mail', 'noah');
    await play.arrive('challenge');
    expect(await play.page.locator('main .boxes i').count()).toBe(6);
    expect(await play.choices()).toEqual([]);
    const code = play.app.code(secret);
    await play.page.locator('[name=code]').focus();
    await play.page.evaluate(`(() => {
      const data = new DataTransfer();
      data.setData('text', '${code.slice(0, 3)} ${code.slice(3)}');
      const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      if (document.activeElement.dispatchEvent(paste)) document.execCommand('insertText', false, data.getData('text'));
    })()`);
    expect((await play.page.inputValue('[name=code]')).replaceAll(/\s/g, '')).toBe(code);
    await play.next();
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('otp') });
    expect(play.complaints).toEqual([]);
  });

  it('asks everybody of an organization once it switches two-factor on, by SMS where it allows that', async () => {
    await play.visit('Web1 Mail', 'bea');
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('single'), org_name: 'Bolt' });

    const bolt = ['--organization', 'Bolt'];
    await play.policy('set', 'web1', 'secondFactor=required', 'sms=allowed', 'secondMethod=wanted', ...bolt);
    await play.visit('Web1 Mail', 'bea');
    await play.next();
    await play.arrive('choose-method');
    await play.choose('Authenticator app');
    const secret = await play.addApp();
    await play.arrive('second-method');
    await play.choose('Codes by phone');
    await play.proveNumber('+12025550146');
    await play.arrive('summary');
    await play.next();
    expect(await play.signedIn()).toMatchObject({ acr: expect.stringContaining('mfa') });

    await play.visit('Web1 Mail', 'bea');
    await play.choose('Codes by phone');
    await play.arrive('challenge');
    await play.give({ code: await play.texted() });
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('sms') });

    await play.policy('set', 'web1', 'sms=not', ...bolt);
    await play.visit('Web1 Mail', 'bea');
    await play.arrive('challenge');
    expect(await play.choices()).toEqual([]);
    await play.give({ code: play.app.code(secret) });
    expect(await play.signedIn()).toMatchObject({ amr: expect.stringContaining('otp') });
    expect(play.complaints).toEqual([]);
  });

  it('ends the session 24 hours after the sign-in, and not when the browser is closed', async () => {
    await play.policy('set', 'web1', '--unset', 'secondFactor', '--organization', 'Bolt');
    await play.visit('Web1 Mail', 'bea');
    await play.signedIn();
    const again = () => play.page.goto(`${play.app.demoOrigin}/web1-mail/sign-in`);
    play.app.clock.advance(23 * 3_600_000);
    await again();
    await play.signedIn();
    play.app.clock.advance(3_600_000 + 1_000);
    await again();
    await play.arrive('password');
  });
});
