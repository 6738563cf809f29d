import { decodeJwt } from 'jose';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, signIn, somebody } from './people.ts';

const grant = 'urn:ietf:params:oauth:grant-type:device_code';

interface Started {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
}

describe('devices', () => {
  let app: RunningApp;
  let issuer: string;
  let person: Somebody;
  beforeAll(async () => {
    app = await runApp();
    issuer = `${app.origin}/realms/web1`;
    const settings = { kind: 'native', grants: ['device_code', 'refresh_token'], redirectUris: [] };
    const scopes = ['openid', 'profile', 'offline_access'];
    for (const clientId of ['tv', 'tv2']) {
      const actor = { kind: 'operator' } as const;
      const added = await app.app.realms.addPortal(
        'web1',
        { clientId, name: 'Living room', ...settings, scopes },
        actor,
      );
      if (!added.ok) throw new Error(added.faults.join());
    }
    person = await somebody(app, 'web1');
  });
  afterAll(() => app.close());
  beforeEach(() => app.clock.advance(60_000));

  async function post(path: string, form: Readonly<Record<string, string>>) {
    const response = await fetch(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }
  const start = async (clientId = 'tv', scope = 'openid offline_access') =>
    (await post('/device/auth', { client_id: clientId, scope })).body as unknown as Started;
  const ask = (started: Started, clientId = 'tv') =>
    post('/token', {
      grant_type: grant,
      client_id: clientId,
      device_code: started.device_code,
    });
  /** At the pace that was asked for. */
  const poll = (started: Started, clientId = 'tv') => {
    app.clock.advance(6_000);
    return ask(started, clientId);
  };
  async function toConfirm(browser: Visitor, started: Started): Promise<Visitor> {
    await browser.visit(started.verification_uri);
    expect(browser.page.step).toBe('device-code');
    await browser.fill({ user_code: started.user_code.toLowerCase().replace('-', ' ') }).submit();
    return browser;
  }
  async function allow(started: Started, who = person): Promise<Visitor> {
    const browser = await toConfirm(aBrowser(app), started);
    await browser.submit('answer=allow');
    await givePassword(browser, who);
    await browser.fill({ code: app.code(who.secret) }).submit();
    return browser;
  }

  it('are signed in by their code, through password and second factor', async () => {
    const started = await start();
    expect(started.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect((await poll(started)).body['error']).toBe('authorization_pending');
    const browser = await toConfirm(aBrowser(app), started);
    expect(browser.page.step).toBe('device-confirm');
    expect(browser.page.text).toContain(started.user_code);
    expect(browser.page.text).toContain('Living room');
    expect((await browser.reload()).step).toBe('device-confirm');
    await browser.submit('answer=allow');
    expect(browser.page.step).toBe('password');
    await givePassword(browser, person);
    expect(browser.page.step).toBe('challenge');
    expect((await poll(started)).body['error']).toBe('authorization_pending');
    await browser.fill({ code: app.code(person.secret) }).submit();
    expect(browser.page.step).toBe('device-done');
    const { status, body } = await poll(started);
    expect(status).toBe(200);
    expect(decodeJwt(body['id_token']!)).toMatchObject({ sub: person.user.id, acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    expect(body['refresh_token']).toBeDefined();
  });

  it('A1: the session of the browser is enough, but never without the page that names device and code', async () => {
    const browser = await signIn(app, aBrowser(app), await somebody(app, 'web1'));
    const started = await start();
    await browser.visit(started.verification_uri_complete);
    expect(browser.page.step).toBe('device-code');
    expect((await poll(started)).body['error']).toBe('authorization_pending');
    await browser.submit();
    expect(browser.page.step).toBe('device-confirm');
    expect((await poll(started)).body['error']).toBe('authorization_pending');
    await browser.submit('answer=allow');
    expect(browser.page.step).toBe('device-done');
    expect((await poll(started)).status).toBe(200);
  });

  it('are told when the person says no, before or within the sign-in', async () => {
    const early = await start();
    const browser = await toConfirm(aBrowser(app), early);
    await browser.submit('answer=decline');
    expect(browser.page.step).toBe('device-done');
    expect((await poll(early)).body['error']).toBe('access_denied');
    const late = await start();
    await toConfirm(browser, late);
    await browser.submit('answer=allow');
    await browser.submit(/cancel|back/i);
    expect(browser.page.step).toBe('device-done');
    expect((await poll(late)).body['error']).toBe('access_denied');
  });

  it('A7: of 50 polls with one device code one gets tokens, and they end with the reuse', async () => {
    const started = await start();
    await allow(started);
    const answers = await Promise.all(Array.from({ length: 50 }, () => poll(started)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ body }) => body['error'] === 'invalid_grant')).toHaveLength(49);
    const form = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: won[0]!.body['refresh_token']! };
    expect((await post('/token', form)).body['error']).toBe('invalid_grant');
  });

  it('a code is answered once: a second person is told that it was used', async () => {
    const started = await start();
    const [first, second] = [await toConfirm(aBrowser(app), started), await toConfirm(aBrowser(app), started)];
    await first.submit('answer=allow');
    expect(first.page.step).toBe('password');
    await second.submit('answer=allow');
    expect([second.page.step, second.page.alerts.length]).toEqual(['device-code', 1]);
    const third = await toConfirm(aBrowser(app), started);
    expect([third.page.step, third.page.alerts.length]).toEqual(['device-code', 1]);
  });

  it('a code of another portal is none', async () => {
    const started = await start();
    await allow(started, await somebody(app, 'web1'));
    expect((await poll(started, 'tv2')).body['error']).toBe('invalid_grant');
    expect((await poll(started)).status).toBe(200);
  });

  it('a code is dead after 15 minutes, for the person and for the device', async () => {
    const started = await start();
    expect(started.expires_in).toBe(900);
    const browser = await toConfirm(aBrowser(app), started);
    app.clock.advance(900_000);
    await browser.submit('answer=allow');
    expect(browser.page.step).toBe('device-code');
    await toConfirm(browser, started);
    expect(browser.page.step).toBe('device-code');
    expect((await poll(started)).body['error']).toBe('expired_token');
  });

  it('another site can neither type a code nor confirm one', async () => {
    const started = await start();
    const browser = await toConfirm(aBrowser(app), started);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const from = new URL('https://evil.example/');
    for (const [url, body] of [
      [`${issuer}/device`, { user_code: started.user_code }],
      [browser.page.url.href, { user_code: started.user_code, answer: 'allow' }],
      [`${issuer}/device`, { user_code: started.user_code, confirm: 'yes', xsrf: 'x' }],
    ] as const) {
      const sent = { method: 'POST', headers, body: new URLSearchParams(body).toString() };
      expect((await browser.request(url, { ...sent, from })).status).toBe(403);
      expect((await browser.request(url, sent)).status).toBe(403);
    }
    expect((await poll(started)).body['error']).toBe('authorization_pending');
  });

  it('fault 24: a person who was locked or disabled gets nothing for a device, also after it was allowed', async () => {
    for (const change of ['disable', 'lock'] as const) {
      const who = await somebody(app, 'web1');
      const [allowed, kept] = [await start(), await start()];
      await allow(kept, who);
      app.clock.advance(60_000);
      await allow(allowed, who);
      const tokens = (await poll(kept)).body;
      if (change === 'disable') await app.app.people.disable('web1', who.user.id, { kind: 'operator' });
      else {
        const secondFactorLockedAt = app.clock.now();
        await app.app.people.update('web1', who.user.id, (user) => ({ ...user, secondFactorLockedAt }));
      }
      expect((await poll(allowed)).body['error']).toBe('invalid_grant');
      const form = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: tokens['refresh_token']! };
      expect((await post('/token', form)).body['error']).toBe('invalid_grant');
    }
  });

  it('are for portals that may have them: others get no code, and a realm without any has no page', async () => {
    const answer = await post('/device/auth', {
      client_id: 'web1-mail',
      client_secret: 'web1-mail-development-secret',
      scope: 'openid',
    });
    expect(answer.body['error']).toBe('invalid_request');
    for (const path of ['/device', '/device/auth', '/device/confirm/x']) {
      expect((await fetch(`${app.origin}/realms/plain${path}`)).status).toBe(404);
    }
    const documents = ['web1', 'plain'].map(
      async (realm) => (await fetch(`${app.origin}/realms/${realm}/.well-known/openid-configuration`)).json() as object,
    );
    const [web1, plain] = await Promise.all(documents);
    expect(web1).toHaveProperty('device_authorization_endpoint');
    expect(plain).not.toHaveProperty('device_authorization_endpoint');
    expect(plain).not.toHaveProperty('registration_endpoint');
  });

  it.each(['"><xss onfocus=x>', '\0', '%zz', '../../x', 'x'.repeat(3_000), '{"$gt":""}', '\u202e\ud800'])(
    'B3: whatever stands in a link or a field (%j) is a page that reflects no markup',
    async (text) => {
      const browser = aBrowser(app);
      await browser.visit(`${issuer}/device?${new URLSearchParams({ user_code: text }).toString()}`);
      expect([browser.page.status, browser.page.step]).toEqual([200, 'device-code']);
      await browser.fill({ user_code: text }).submit();
      // What is too long or no text is refused before anybody looks at it.
      expect([400, 422]).toContain(browser.page.status);
      expect(browser.page.html).not.toContain('<xss');
      await browser.visit(
        `${issuer}/device/confirm/${'x'.repeat(43)}?${new URLSearchParams({ user_code: text }).toString()}`,
      );
      expect([browser.page.status, browser.page.step]).toEqual([422, 'device-code']);
    },
  );

  it('fault 11: codes are guessed a hundred times an hour from one address range, then nobody looks', async () => {
    const browser = aBrowser(app);
    await browser.visit(`${issuer}/device`);
    let refused = 0;
    for (let tries = 0; tries < 101 && refused === 0; tries += 1) {
      const page = await browser.fill({ user_code: 'BBBB-BBBB' }).submit();
      if (page.status === 429) refused = tries;
      else await browser.visit(`${issuer}/device`);
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(100);
    expect(browser.page.headers['retry-after']).toBeDefined();
    const started = await start();
    await browser.visit(`${issuer}/device`);
    expect((await browser.fill({ user_code: started.user_code }).submit()).status).toBe(429);
  });

  it('are told at which pace to ask, and to slow down when they ask faster', async () => {
    const { body: started } = await post('/device/auth', { client_id: 'tv', scope: 'openid' });
    expect(started).toMatchObject({ interval: 5 });
    const answer = async () => (await ask(started as unknown as Started)).body.error;
    expect(await answer()).toBe('authorization_pending');
    expect(await answer()).toBe('slow_down');
    // From now on ten seconds (RFC 8628, section 3.5).
    app.clock.advance(9_000);
    expect(await answer()).toBe('slow_down');
    app.clock.advance(15_000);
    expect(await answer()).toBe('authorization_pending');
  });
});
