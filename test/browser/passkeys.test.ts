import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { type RunningApp, runApp } from '../support/app.ts';
import { openBrowser, openContext, sidewaysOverflow } from '../support/browser.ts';
import { aPerson, arrived, complaintsOf, submit, pastPassword as typePassword } from './support/visits.ts';

interface Device {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly session: CDPSession;
  readonly id: string;
  readonly complaints: readonly string[];
}

describe('passkeys in a browser', () => {
  let app: RunningApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([runApp(), openBrowser()]);
    const actor = { kind: 'system' } as const;
    await app.app.realms.set('web1', 'policy.methods', ['passkey', 'totp'], actor);
    await app.app.realms.set('web1', 'policy.passkeySignIn', 'yes', actor);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  /** A browser with Chromium's own authenticator in software. */
  async function aDevice(canVerify = true): Promise<Device> {
    const context = await openContext(browser, { width: 412 });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId: id } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
        ...{ hasUserVerification: true, isUserVerified: canVerify, automaticPresenceSimulation: true },
      },
    });
    return { page, context, session, id, complaints };
  }

  /** The person touches their authenticator when asked, or does not. */
  const present = ({ session, id }: Device, enabled: boolean) =>
    session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled });

  /** Up to the step after the password, passing by what the list of the name field offers. */
  async function pastPassword(device: Device, name: string): Promise<void> {
    await present(device, false);
    await typePassword(app, device.page, name);
    await device.page.locator('main:not([data-step=password])').waitFor();
    await present(device, true);
  }

  async function enrol(device: Device, name: string): Promise<void> {
    const { page } = device;
    await pastPassword(device, name);
    await arrived(page, 'protect-account');
    await submit(page);
    await arrived(page, 'choose-method');
    await page.getByRole('button', { name: /passkey/i }).click();
    await arrived(page, 'enrol-passkey');
    await page.fill('[name=name]', 'This telephone');
    await submit(page);
    await page.waitForURL(`${app.demoOrigin}/**`);
  }

  it('one is set up, asked for at the next sign-in, and refused once it is taken away', async () => {
    const device = await aDevice();
    const { page, context } = device;
    const userId = await aPerson(app, 'enrols');
    await enrol(device, 'enrols');
    await context.clearCookies();
    await pastPassword(device, 'enrols');
    await arrived(page, 'challenge');
    await submit(page);
    await page.waitForURL(`${app.demoOrigin}/**`);
    expect(await page.locator('main').innerText()).toContain('phr');

    await context.clearCookies();
    await pastPassword(device, 'enrols');
    await arrived(page, 'challenge');
    const [method] = await app.app.factors.methods.of('web1', userId);
    expect(method?.name).toBe('This telephone');
    await app.app.factors.methods.remove('web1', method?.id ?? '', { actor: { kind: 'system' } });
    await submit(page);
    await arrived(page, 'refused');
    expect(device.complaints).toEqual([]);
    await context.close();
  });

  it('one is the whole sign-in: no name, no password', async () => {
    const device = await aDevice();
    const { page, context } = device;
    await aPerson(app, 'alone');
    await enrol(device, 'alone');
    await context.clearCookies();
    // Whoever was asked by the list of the name field answers by hand only.
    await present(device, false);
    await page.goto(`${app.demoOrigin}/web1-mail/sign-in`);
    await arrived(page, 'password');
    expect(await page.getAttribute('[name=identifier]', 'autocomplete')).toBe('username webauthn');
    await present(device, true);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.waitForURL(`${app.demoOrigin}/**`);
    expect(await page.locator('main').innerText()).toContain('alone@web1.example');
    expect(device.complaints).toEqual([]);
    await context.close();
  });

  it('a person who was not verified, and a browser without the key, are told what to do and stay', async () => {
    const device = await aDevice();
    const { page, session, id } = device;
    await aPerson(app, 'fails');
    await enrol(device, 'fails');
    await device.context.clearCookies();
    await pastPassword(device, 'fails');
    await arrived(page, 'challenge');
    await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
    await submit(page);
    await page.locator('[data-passkey-said=cancelled]:not([hidden])').waitFor();
    expect(await page.getAttribute('main', 'data-step')).toBe('challenge');

    const other = await aDevice();
    await pastPassword(other, 'fails');
    await arrived(other.page, 'challenge');
    await submit(other.page);
    await other.page.locator('[data-passkey-said=cancelled]:not([hidden])').waitFor();
    await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true });
    await submit(page);
    await page.waitForURL(`${app.demoOrigin}/**`);
    await Promise.all([device.context.close(), other.context.close()]);
  });

  it('without JavaScript the page says what to do, and offers another way', async () => {
    await aPerson(app, 'scriptless');
    const context = await openContext(browser, { width: 320, javaScript: false });
    const page = await context.newPage();
    await typePassword(app, page, 'scriptless');
    await submit(page);
    await page.getByRole('button', { name: /passkey/i }).click();
    await page.locator('main[data-step=enrol-passkey]').waitFor();
    expect(await page.locator('noscript .note').isVisible()).toBe(true);
    expect(await sidewaysOverflow(page)).toBe(0);
    await submit(page);
    expect(await page.locator('[role=alert]').first().innerText()).toContain('no passkey');
    await page.getByRole('button', { name: /choose another way/i }).click();
    await page.getByRole('button', { name: /authenticator app/i }).click();
    await page.locator('main[data-step=enrol-app]').waitFor();
    await context.close();
  });
});
