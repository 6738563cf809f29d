import type { Browser, BrowserContext, Page } from 'playwright-core';
import { totpMethod } from '../../src/factors/index.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { expectNoAxeViolations, openBrowser, openContext, sidewaysOverflow } from '../support/browser.ts';
import { gatehouseMethod } from '../support/method-command.ts';
import { TwilioServer } from '../support/twilio.ts';
import { addAuthenticator, type Carrying, type FactorKind, kindsOfCodes } from './support/factor-kinds.ts';
import { aPerson, pastPassword, submit } from './support/visits.ts';

const appSecret = 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU';
const minute = 60_000;
const day = 24 * 60 * minute;

describe('each second factor, from its set-up to its removal', () => {
  let app: RunningApp;
  let browser: Browser;
  let twilio: TwilioServer;
  let context: BrowserContext;
  let people = 0;
  beforeAll(async () => {
    twilio = await TwilioServer.start();
    [app, browser] = await Promise.all([runApp({ env: twilio.env }), openBrowser()]);
    await say('secondFactor', 'optional');
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
    await twilio.close();
  });
  beforeEach(async () => {
    context = await openContext(browser, { width: 412 });
  });
  afterEach(() => context.close());

  const say = (rule: string, value: unknown) => app.app.realms.set('web1', `policy.${rule}`, value, { kind: 'system' });

  async function somebodyNew(methods: readonly string[]): Promise<Carrying> {
    await say('methods', methods);
    people += 1;
    const name = `carries${people}`;
    await aPerson(app, name);
    const page = await context.newPage();
    return { app, page, twilio, name, nth: people, secret: '', presses: 0, answered: undefined, codes: [] };
  }

  const arrived = (page: Page, step: string) => page.locator(`main[data-step="${step}"]`).waitFor();
  const signedIn = ({ page }: Carrying) => page.waitForURL(`${app.demoOrigin}/**`);
  const acr = ({ page }: Carrying) => page.locator('main').innerText();

  /** A browser that nobody knows, up to what comes after the password; a day later, so that no limit is near. */
  async function comeBack({ page, name }: Carrying, afterMs = day): Promise<void> {
    app.clock.advance(afterMs);
    await context.clearCookies();
    await pastPassword(app, page, name);
  }

  async function toProof(own: Carrying, kind: FactorKind, afterMs?: number): Promise<void> {
    await comeBack(own, afterMs);
    await arrived(own.page, 'challenge');
    await kind.choose?.(own);
  }

  /** Ten wrong ones, five in a sign-in: held for a quarter of an hour. */
  async function guess(own: Carrying, kind: FactorKind): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await toProof(own, kind, minute);
      for (let tries = 1; tries < 5; tries += 1) {
        await kind.fail(own);
        await own.page.locator('main[data-step=challenge] [role=alert]').first().waitFor();
      }
      await kind.fail(own);
      await arrived(own.page, 'refused');
    }
  }

  /** By the command line; the person is told by mail. */
  async function remove({ name }: Carrying, kind: string): Promise<void> {
    const listed = await gatehouseMethod(app, ['list', 'web1', name, '--json']);
    const own: { id: string; kind: string }[] = JSON.parse(listed.out);
    const id = own.find((one) => one.kind === kind)?.id ?? '';
    expect(await gatehouseMethod(app, ['remove', 'web1', name, id])).toMatchObject({ code: 0, err: '' });
    await app.app.drain();
    while ((await app.app.messaging.workOnce()) > 0);
    const { items } = await app.app.messaging.outbox.list({ limit: 200 });
    const told = items.filter(({ to, subject }) => to === `${name}@web1.example` && /no longer works/.test(subject));
    expect(told).toHaveLength(1);
  }

  it.each(Object.entries(kindsOfCodes))(
    '%s: set up, asked for, refused when wrong, held after ten, good again, asked for no more once taken away',
    async (_, kind) => {
      const own = await somebodyNew(kind.methods);
      await kind.prepare?.(own);
      await comeBack(own);
      await arrived(own.page, 'protect-account');
      await submit(own.page);
      await kind.enrol(own);
      await signedIn(own);

      await toProof(own, kind);
      await kind.fail(own);
      await own.page.locator('main[data-step=challenge] [role=alert]').first().waitFor();
      await kind.prove(own);
      await signedIn(own);

      await guess(own, kind);
      await comeBack(own, minute);
      await arrived(own.page, 'held');
      await expectNoAxeViolations(own.page);
      expect(await sidewaysOverflow(own.page)).toBe(0);
      await toProof(own, kind, 16 * minute);
      await kind.prove(own);
      await signedIn(own);

      await remove(own, kind.kind);
      await comeBack(own);
      await own.page.locator('main:not([data-step=password])').waitFor();
      if (kind.methods[0] === kind.kind) {
        // Nothing is left: the set-up is offered again, as to anybody.
        await arrived(own.page, 'protect-account');
        await own.page.getByRole('button', { name: 'Not now' }).click();
        await signedIn(own);
        expect(await acr(own)).toContain('single');
      } else {
        await arrived(own.page, 'challenge');
        expect(await own.page.locator('main').innerText()).not.toContain('Recovery codes');
      }
    },
  );

  it('a passkey: set up, asked for, refused when it is not there, not held with the others, asked for no more once taken away', async () => {
    const own = await somebodyNew(['passkey', 'totp']);
    const { page } = own;
    const { session, id } = await addAuthenticator(page);
    await comeBack(own);
    await arrived(page, 'protect-account');
    await submit(page);
    await page.getByRole('button', { name: /passkey/i }).click();
    await arrived(page, 'enrol-passkey');
    await submit(page);
    await signedIn(own);
    const person = await app.app.people.find('web1', own.name);
    const method = { realm: 'web1', userId: person?.id ?? '', kind: 'totp', ...totpMethod(appSecret) };
    await app.app.factors.methods.add(method, { actor: { kind: 'system' } });
    own.secret = appSecret;

    await comeBack(own);
    await arrived(page, 'challenge');
    await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
    await submit(page);
    await page.locator('[data-passkey-said=cancelled]:not([hidden])').waitFor();
    await session.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: true });

    const { 'an authenticator app': totp } = kindsOfCodes;
    if (totp === undefined) throw new Error('no authenticator app among the kinds');
    await guess(own, {
      ...totp,
      choose: async () => {
        await page.getByRole('button', { name: /authenticator app/i }).click();
        await page.locator('[name=code]').waitFor();
      },
    });
    // Ten wrong codes hold codes, and no passkey: nobody guesses its signatures.
    await comeBack(own, minute);
    await arrived(page, 'challenge');
    await expectNoAxeViolations(page);
    expect(await page.getByRole('button', { name: /authenticator app/i }).count()).toBe(0);
    await submit(page);
    await signedIn(own);
    expect(await acr(own)).toContain('phr');

    await remove(own, 'passkey');
    await comeBack(own);
    await page.locator('main[data-step=challenge] [name=code]').waitFor();
    await totp.prove(own);
    await signedIn(own);
    expect(await acr(own)).not.toContain('phr');
  });
});
