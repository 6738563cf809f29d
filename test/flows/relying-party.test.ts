import * as client from 'openid-client';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, told } from './people.ts';
import { aPortal, type Begun, type TestPortal } from './portal.ts';

const minutes = 60_000;

describe('openid-client as the portal', () => {
  let app: RunningApp;
  let web1: TestPortal;
  let plain: TestPortal;
  let sam: Somebody;
  let pat: Somebody;
  beforeAll(async () => {
    app = await runApp();
    [web1, plain] = await Promise.all([aPortal(app, 'web1-mail'), aPortal(app, 'plain-notes')]);
    [sam, pat] = await Promise.all([somebody(app), somebody(app, 'plain', { hasApp: false })]);
  });
  afterAll(() => app.close());

  const atPortal = () => aBrowser(app, { stopAt: [app.demoOrigin] });

  async function ask(portal: TestPortal, browser: Visitor, wishes?: Record<string, string>): Promise<Begun> {
    const begun = await portal.begin(wishes);
    await browser.visit(begun.address);
    return begun;
  }

  async function giveCode(browser: Visitor, person: Somebody): Promise<void> {
    expect(browser.page.step).toBe('challenge');
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
  }

  async function samSignsIn(browser: Visitor, wishes?: Record<string, string>): Promise<Begun> {
    const begun = await ask(web1, browser, wishes);
    await givePassword(browser, sam);
    await giveCode(browser, sam);
    if (browser.page.step === 'consent') await browser.submit('/consent');
    return begun;
  }

  async function patSignsIn(browser: Visitor, wishes?: Record<string, string>): Promise<Begun> {
    const begun = await ask(plain, browser, wishes);
    await givePassword(browser, pat);
    if (browser.page.step === 'consent') await browser.submit('/consent');
    return begun;
  }

  describe('tokens', () => {
    it('R4: an ID token says who, how surely, by which proofs, when, and for which request', async () => {
      const browser = atPortal();
      const begun = await ask(web1, browser);
      await givePassword(browser, sam);
      const passwordAt = Math.floor(app.clock.now().getTime() / 1000);
      await giveCode(browser, sam);
      const tokens = await web1.finish(begun, browser.page.location);
      const claims = tokens.claims();
      expect(claims).toMatchObject({
        iss: `${app.origin}/realms/web1`,
        aud: 'web1-mail',
        sub: sam.user.id,
        acr: 'mfa',
        auth_time: passwordAt,
        nonce: begun.nonce,
        sid: expect.any(String),
      });
      expect(claims?.['amr']).toEqual(['pwd', 'otp', 'mfa']);
      const userinfo = await client.fetchUserInfo(web1.config, tokens.access_token, sam.user.id);
      expect(userinfo).toMatchObject({ sub: sam.user.id, name: sam.user.name, email: sam.user.email });
    });

    it('a password alone is `single`', async () => {
      const browser = atPortal();
      const begun = await patSignsIn(browser);
      const tokens = await plain.finish(begun, browser.page.location);
      expect(tokens.claims()).toMatchObject({ acr: 'single', amr: ['pwd'] });
      expect(tokens.refresh_token).toBeUndefined();
    });

    it('A7: refresh tokens rotate; one that was used ends the whole family', async () => {
      const browser = atPortal();
      const begun = await samSignsIn(browser, { prompt: 'consent' });
      const first = await web1.finish(begun, browser.page.location);
      const second = await client.refreshTokenGrant(web1.config, first.refresh_token ?? '');
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(second.claims()).toMatchObject({ sub: sam.user.id, acr: 'mfa', auth_time: first.claims()?.auth_time });
      await expect(client.refreshTokenGrant(web1.config, first.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(client.refreshTokenGrant(web1.config, second.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(client.fetchUserInfo(web1.config, second.access_token, sam.user.id)).rejects.toThrow();
    });

    it('A7: of 50 parallel redemptions of one code exactly one gets tokens', async () => {
      const browser = atPortal();
      const begun = await samSignsIn(browser);
      const callback = browser.page.location;
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => web1.finish(begun, callback)));
      const lost = results.filter((result) => result.status === 'rejected');
      expect(lost).toHaveLength(49);
      for (const { reason } of lost) expect(reason).toMatchObject({ error: 'invalid_grant' });
    });

    it('A7: of 50 parallel redemptions of one refresh token exactly one gets tokens', async () => {
      const browser = atPortal();
      const begun = await samSignsIn(browser, { prompt: 'consent' });
      const { refresh_token: token = '' } = await web1.finish(begun, browser.page.location);
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () => client.refreshTokenGrant(web1.config, token)),
      );
      const lost = results.filter((result) => result.status === 'rejected');
      expect(lost).toHaveLength(49);
      for (const { reason } of lost) expect(reason).toMatchObject({ error: 'invalid_grant' });
    });

    it('A7, fault 41: a code is worth nothing without the verifier, with another, or a minute later', async () => {
      const browser = atPortal();
      for (const [what, spoil] of [
        ['another verifier', (begun: Begun) => ({ ...begun, verifier: client.randomPKCECodeVerifier() })],
        ['a minute later', (begun: Begun) => begun],
      ] as const) {
        const begun = await samSignsIn(browser, { prompt: 'login' });
        if (what === 'a minute later') app.clock.advance(61_000);
        await expect(web1.finish(spoil(begun), browser.page.location)).rejects.toMatchObject({
          error: 'invalid_grant',
        });
      }
      for (const wishes of [{ code_challenge: '' }, { code_challenge_method: 'plain' }, { response_type: 'token' }]) {
        await ask(web1, browser, wishes);
        const error = browser.page.location?.searchParams.get('error') ?? browser.page.step;
        expect({ wishes, error }).not.toEqual({ wishes, error: 'password' });
        expect(browser.page.location?.searchParams.has('code') ?? false).toBe(false);
      }
    });
  });

  describe('what a portal may ask for', () => {
    it('prompt=none is answered from the session, and by an error without one', async () => {
      const browser = atPortal();
      await ask(web1, browser, { prompt: 'none' });
      expect(web1.answer(browser).get('error')).toBe('login_required');
      await samSignsIn(browser);
      const begun = await ask(web1, browser, { prompt: 'none' });
      const tokens = await web1.finish(begun, browser.page.location);
      expect(tokens.claims()).toMatchObject({ sub: sam.user.id, acr: 'mfa' });
    });

    it('prompt=none is an error where consent to something more is missing', async () => {
      const person = await somebody(app, 'plain', { hasApp: false });
      const browser = atPortal();
      await ask(plain, browser, { scope: 'openid' });
      await givePassword(browser, person);
      if (browser.page.step === 'consent') await browser.submit('/consent');
      await ask(plain, browser, { prompt: 'none' });
      expect(plain.answer(browser).get('error')).toBe('consent_required');
    });

    it('prompt=login asks for every proof again, and begins auth_time anew', async () => {
      const browser = atPortal();
      const before = await web1.finish(await samSignsIn(browser), browser.page.location);
      app.clock.advance(5 * minutes);
      const begun = await ask(web1, browser, { prompt: 'login' });
      expect(browser.page.step).toBe('password');
      await givePassword(browser, sam);
      await giveCode(browser, sam);
      const after = await web1.finish(begun, browser.page.location);
      expect(Number(after.claims()?.auth_time)).toBeGreaterThanOrEqual(Number(before.claims()?.auth_time) + 300);
    });

    it('prompt=consent asks for consent again, though it was given', async () => {
      const browser = atPortal();
      await patSignsIn(browser);
      await ask(plain, browser);
      expect(plain.answer(browser).has('code')).toBe(true);
      await ask(plain, browser, { prompt: 'consent' });
      expect(browser.page.step).toBe('consent');
    });

    it('max_age asks again when the sign-in is older, and not before', async () => {
      const browser = atPortal();
      await samSignsIn(browser);
      app.clock.advance(2 * minutes);
      const young = await ask(web1, browser, { max_age: '600' });
      await web1.finish(young, browser.page.location, 600);
      const begun = await ask(web1, browser, { max_age: '60' });
      expect(browser.page.step).toBe('password');
      await givePassword(browser, sam);
      await giveCode(browser, sam);
      await web1.finish(begun, browser.page.location, 60);
    });

    it('login_hint fills in the field, and proves nothing', async () => {
      const browser = atPortal();
      await ask(web1, browser, { login_hint: 'noah@web1.example"><b>' });
      expect(browser.page.attribute('[name=identifier]', 'value')).toBe('noah@web1.example"><b>');
      expect(browser.page.html).not.toContain('"><b>');
    });

    it('ui_locales chooses the language of every page after it', async () => {
      const browser = atPortal();
      await ask(web1, browser, { ui_locales: 'xx de en' });
      expect(browser.page.attribute('html', 'lang')).toBe('de');
      expect(browser.page.headers['content-language']).toBe('de');
      expect(browser.page.text).toMatch(/Passwort/);
      await givePassword(browser, sam);
      expect(browser.page.attribute('html', 'lang')).toBe('de');
      expect(browser.page.step).toBe('challenge');
    });

    it('R5: acr_values steps a session of one factor up, on what it has proven already', async () => {
      const person = await somebody(app, 'plain');
      const browser = atPortal();
      const begun = await ask(plain, browser);
      await givePassword(browser, person);
      await browser.submit('/consent');
      const single = await plain.finish(begun, browser.page.location);
      expect(single.claims()?.['acr']).toBe('single');

      const up = await ask(plain, browser, { acr_values: 'mfa' });
      await giveCode(browser, person);
      const claims = (await plain.finish(up, browser.page.location)).claims();
      expect(claims).toMatchObject({ acr: 'mfa', auth_time: single.claims()?.auth_time });
      expect(claims?.['amr']).toEqual(expect.arrayContaining(['pwd', 'otp', 'mfa']));
      // The session is stepped up from here on.
      const silent = await ask(plain, browser, { acr_values: 'mfa', prompt: 'none' });
      expect((await plain.finish(silent, browser.page.location)).claims()?.['acr']).toBe('mfa');
    });

    it('A6: the session id is a new one after sign-in and after step-up', async () => {
      const person = await somebody(app, 'plain');
      const browser = atPortal();
      await ask(plain, browser);
      const before = browser.cookies.get('plain-session');
      await givePassword(browser, person);
      await browser.submit('/consent');
      const single = browser.cookies.get('plain-session');
      expect(single).toBeDefined();
      expect(single).not.toBe(before);
      await ask(plain, browser, { acr_values: 'mfa' });
      await giveCode(browser, person);
      expect(browser.cookies.get('plain-session')).not.toBe(single);
    });

    it('R5: an essential acr that cannot be met is an error at the portal, not silence', async () => {
      const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['phr'] } } });
      const browser = atPortal();
      await ask(web1, browser, { claims });
      expect(web1.answer(browser).get('error')).toBe('unmet_authentication_requirements');
      await samSignsIn(browser);
      await ask(web1, browser, { claims, prompt: 'none' });
      expect(web1.answer(browser).get('error')).toBe('unmet_authentication_requirements');
    });

    it('id_token_hint: the named person may go on, another one may not', async () => {
      const browser = atPortal();
      const begun = await samSignsIn(browser);
      const { id_token: hint = '' } = await web1.finish(begun, browser.page.location);
      const same = await ask(web1, browser, { id_token_hint: hint, prompt: 'none' });
      await web1.finish(same, browser.page.location);

      const other = await somebody(app);
      const elsewhere = atPortal();
      await ask(web1, elsewhere, { id_token_hint: hint });
      await givePassword(elsewhere, other);
      if (elsewhere.page.step === 'challenge') await giveCode(elsewhere, other);
      expect(web1.answer(elsewhere).get('error')).toBe('login_required');
    });

    it('every answer names the issuer, and errors leave no record of success', async () => {
      const browser = atPortal();
      await ask(web1, browser);
      await browser.submit('/cancel');
      const answer = web1.answer(browser);
      expect(answer.get('error')).toBe('access_denied');
      expect(answer.get('iss')).toBe(`${app.origin}/realms/web1`);
      const [ended] = await told(app, 'web1', { type: 'sign_in.ended' });
      expect(ended?.details).toEqual({ because: 'cancelled' });
    });
  });
});
