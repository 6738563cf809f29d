import * as client from 'openid-client';
import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, type Somebody, somebody, told, toPassword } from './people.ts';
import { aPortal, type TestPortal } from './portal.ts';

describe('realms side by side', () => {
  let app: RunningApp;
  let web1: TestPortal;
  let plain: TestPortal;
  let person: Somebody;
  beforeAll(async () => {
    app = await runApp();
    [web1, plain] = await Promise.all([aPortal(app, 'web1-mail'), aPortal(app, 'plain-notes')]);
    person = await somebody(app);
  });
  afterAll(() => app.close());

  const atPortal = () => aBrowser(app, { stopAt: [app.demoOrigin] });

  async function signedIn() {
    const browser = atPortal();
    const begun = await web1.begin({ prompt: 'consent' });
    await browser.visit(begun.address);
    await givePassword(browser, person);
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    if (browser.page.step === 'consent') await browser.submit('/consent');
    return { browser, begun, callback: browser.page.location };
  }

  it('a sign-in of one realm is unknown in another, with its cookie as well', async () => {
    const browser = await toPassword(app, aBrowser(app));
    const { url } = browser.page;
    for (const { name, value, path } of [...browser.cookies.all()]) {
      browser.cookies.store(`${name.replace('web1', 'plain')}=${value}; Path=${path.replace('web1', 'plain')}`, url);
    }
    for (const step of ['', '/password']) {
      await browser.visit(url.href.replace('/realms/web1/', '/realms/plain/').replace('/password', step));
      expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'expired', status: 410 });
    }
    await browser.visit(url);
    expect(browser.page.step).toBe('password');
  });

  it('people of one realm are nobody in another', async () => {
    const browser = await toPassword(app, aBrowser(app), 'plain-notes');
    await givePassword(browser, person);
    expect(browser.page.step).toBe('password');
    expect(browser.page.alerts).toHaveLength(1);
  });

  it('a session of one realm signs nobody in to another, under that one’s cookie name neither', async () => {
    const { browser } = await signedIn();
    for (const { name, value } of [...browser.cookies.all()]) {
      if (name.startsWith('web1-session')) browser.cookies.set(name.replace('web1', 'plain'), value, app.origin);
    }
    const { address } = await plain.begin({ prompt: 'none' });
    await browser.visit(address);
    expect(plain.answer(browser).get('error')).toBe('login_required');
    const again = await web1.begin({ prompt: 'none' });
    await browser.visit(again.address);
    expect(web1.answer(browser).has('code')).toBe(true);
  });

  it('a session cookie that was tampered with is no session', async () => {
    const { browser } = await signedIn();
    const value = browser.cookies.get('web1-session') ?? '';
    expect(value).not.toBe('');
    for (const broken of [`${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`, '', 'x'.repeat(2000), '%00']) {
      browser.cookies.set('web1-session', broken, app.origin);
      await browser.visit((await web1.begin({ prompt: 'none' })).address);
      expect(web1.answer(browser).get('error')).toBe('login_required');
    }
    browser.cookies.set('web1-session', value, app.origin);
    browser.cookies.set('web1-session.sig', 'AAAAAAAAAAAAAAAAAAAAAAAAAAA', app.origin);
    await browser.visit((await web1.begin({ prompt: 'none' })).address);
    expect(web1.answer(browser).get('error')).toBe('login_required');
  });

  it('a code and a refresh token of one realm are worth nothing at another’s token endpoint', async () => {
    const { begun, callback } = await signedIn();
    const there = plain.config.serverMetadata().token_endpoint ?? '';
    const basic = (clientId: string) =>
      `Basic ${Buffer.from(`${clientId}:${clientId}-development-secret`).toString('base64')}`;
    const post = async (clientId: string, fields: Record<string, string>) => {
      const answer = await fetch(there, {
        method: 'POST',
        headers: { authorization: basic(clientId), 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields),
      });
      return { status: answer.status, error: ((await answer.json()) as { error?: string }).error };
    };
    const redeem = {
      grant_type: 'authorization_code',
      code: callback?.searchParams.get('code') ?? '',
      code_verifier: begun.verifier,
      redirect_uri: web1.redirectUri,
    };
    expect(await post('plain-notes', redeem)).toEqual({ status: 400, error: 'invalid_grant' });
    expect(await post('web1-mail', redeem)).toEqual({ status: 401, error: 'invalid_client' });

    const tokens = await web1.finish(begun, callback);
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    expect(await post('plain-notes', refresh)).toMatchObject({ status: 400 });
    expect(await post('web1-mail', refresh)).toEqual({ status: 401, error: 'invalid_client' });
    const userinfo = plain.config.serverMetadata().userinfo_endpoint ?? '';
    const asked = await fetch(userinfo, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    expect(asked.status).toBe(401);
    await expect(client.refreshTokenGrant(web1.config, tokens.refresh_token ?? '')).resolves.toBeDefined();
  });

  it('a portal of one realm is unknown in another: a page says so, and nobody is redirected', async () => {
    const { address } = await web1.begin();
    const browser = atPortal();
    await browser.visit(address.href.replace('/realms/web1/', '/realms/plain/'));
    expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'error', status: 400 });
    expect(browser.page.location).toBeUndefined();
    expect(await told(app, 'plain', { subject: person.user.id })).toEqual([]);
  });

  it('keys differ: no realm vouches for another', async () => {
    const keysOf = async (portal: TestPortal) => {
      const answer = await fetch(portal.config.serverMetadata().jwks_uri ?? '');
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const [here, there] = await Promise.all([keysOf(web1), keysOf(plain)]);
    expect(here.length).toBeGreaterThan(0);
    expect(here.filter((kid) => there.includes(kid))).toEqual([]);
  });
});
