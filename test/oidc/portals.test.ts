import { aPortal, aRealm, aUser, claimsIn, Host, portalOrigin, Rp } from './host.ts';

describe('portals', () => {
  let host: Host;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aUser('web1', 'mia'));
    const native = ['http://127.0.0.1/callback', 'com.example.app:/callback'];
    host.add(
      aPortal('web1', 'mail', { redirectUris: [`${portalOrigin}/callback`, 'https://app.example.com/callback?x=1'] }),
      aPortal('web1', 'app', { kind: 'native', redirectUris: native, postLogoutRedirectUris: [] }),
      aPortal('web1', 'spa', { kind: 'browser' }),
      aPortal('web1', 'batch', { kind: 'machine', redirectUris: [] }),
    );
  });
  afterEach(() => host.stop());

  it.each([
    'http://portal.test/callback/',
    'http://portal.test/callback?',
    'http://portal.test/callback#',
    'http://portal.test/callback?a=b',
    'http://portal.test/Callback',
    'http://portal.test/callback%20',
    'http://portal.test/%63allback',
    'http://portal.test/x/../callback',
    'http://portal.test//callback',
    'http://portal.test/callback/../callback',
    'http://portal.test:80/callback',
    'http://PORTAL.test/callback',
    'http://portal.test./callback',
    'http://user@portal.test/callback',
    'http://portal.test@evil.example/callback',
    'http://evil.example/callback',
    'http://portal.test.evil.example/callback',
    'https://portal.test/callback',
    'http://portal.test\\@evil.example/callback',
    'https://app.example.com/callback',
    'https://app.example.com/callback?x=1&y=2',
    'javascript:alert(1)',
    ' http://portal.test/callback',
    '',
  ])('A7: the redirect address is exact: %j gets nothing sent to it', async (uri) => {
    const rp = new Rp(host, 'web1', 'mail');
    const page = await rp.browser.visit(rp.authorizationUrl({ redirect_uri: uri }));
    expect(page.location).toBeUndefined();
    expect(page.json).toMatchObject({ kind: 'error' });
  });

  it.each([
    [['openid'], undefined],
    [['openid', 'email'], 'mia@example.com'],
  ])('a claim asked for by its name is given where the portal has its scope: %j → %s', async (scopes, email) => {
    host.add(aPortal('web1', 'narrow', { scopes }));
    const rp = new Rp(host, 'web1', 'narrow');
    const claims = JSON.stringify({ id_token: { email: null }, userinfo: { email: { essential: true } } });
    const tokens = await rp.signIn({ scope: 'openid', claims });
    expect(claimsIn(tokens.id_token)).toHaveProperty('sub', 'mia');
    expect(claimsIn(tokens.id_token)['email']).toBe(email);
  });

  it('A7: without a redirect address nothing is guessed', async () => {
    const rp = new Rp(host, 'web1', 'spa');
    expect((await rp.browser.visit(rp.authorizationUrl({ redirect_uri: undefined }))).json).toMatchObject({
      kind: 'error',
    });
  });

  it.each([
    ['http://127.0.0.1:51004/callback', true],
    ['com.example.app:/callback', true],
    ['http://127.0.0.1:51004/other', false],
    ['http://localhost:51004/callback', false],
    ['http://127.0.0.2:51004/callback', false],
    ['http://portal.test:51004/callback', false],
  ])('an app on a device may use any port of its loopback address, nothing else: %s → %s', async (uri, isAllowed) => {
    host.signIn = () => undefined;
    const rp = new Rp(host, 'web1', 'app');
    const page = await rp.browser.visit(rp.authorizationUrl({ redirect_uri: uri }));
    expect(page.text === 'sign in, please').toBe(isAllowed);
    if (isAllowed) expect(uri.startsWith(host.requests[0]!.redirectOrigin)).toBe(true);
  });

  it('with a secret may send it either way, public ones send none', async () => {
    const rp = new Rp(host, 'web1', 'mail');
    const basic = { authorization: `Basic ${Buffer.from('mail:mail-secret').toString('base64')}` };
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: await rp.code(),
      code_verifier: rp.verifier,
      redirect_uri: `${portalOrigin}/callback`,
    });
    expect((await fetch(`${rp.issuer}/token`, { method: 'POST', headers: basic, body })).status).toBe(200);
    const spa = new Rp(host, 'web1', 'spa');
    expect((await spa.redeem(await spa.code())).status).toBe(200);
    expect((await spa.redeem(await spa.code(), { client_secret: 'spa-secret' })).status).toBe(401);
  });

  it('may have several secrets while one is replaced by another; what expired or was never one is refused', async () => {
    const at = host.clock.now().getTime();
    const secrets = JSON.stringify([
      { secret: 'new' },
      { secret: 'old', expiresAt: new Date(at + 60_000).toISOString() },
      { secret: 'older', expiresAt: new Date(at).toISOString() },
    ]);
    host.add(aPortal('web1', 'mail', { secrets, changedAt: new Date(at) }));
    const rp = new Rp(host, 'web1', 'mail');
    const tries = async () => {
      const statuses: number[] = [];
      for (const secret of ['new', 'old', 'older', 'mail-secret', ''])
        statuses.push((await rp.redeem(await rp.code(), { client_secret: secret })).status);
      return statuses;
    };
    expect(await tries()).toEqual([200, 200, 401, 401, 401]);
    host.advance(60_000);
    expect(await tries()).toEqual([200, 401, 401, 401, 401]);
  });

  it('that have no secret yet cannot redeem', async () => {
    const { secrets: _, ...portal } = aPortal('web1', 'new-one');
    host.add(portal);
    const rp = new Rp(host, 'web1', 'new-one');
    expect((await rp.redeem(await rp.code())).status).toBe(401);
  });

  it('changed take effect at the next request', async () => {
    const rp = new Rp(host, 'web1', 'mail');
    await rp.signIn();
    host.add(aPortal('web1', 'mail', { redirectUris: ['https://moved.example/cb'], changedAt: host.clock.now() }));
    expect((await rp.browser.visit(rp.authorizationUrl())).json).toMatchObject({ error: 'invalid_redirect_uri' });
    host.add(aPortal('web1', 'mail', { enabled: false, changedAt: new Date(host.clock.now().getTime() + 1) }));
    expect((await rp.browser.visit(rp.authorizationUrl())).json).toMatchObject({ error: 'invalid_client' });
  });

  it('get only the scopes they were given', async () => {
    host.add(aPortal('web1', 'slim', { scopes: ['openid'] }));
    const rp = new Rp(host, 'web1', 'slim');
    expect((await rp.authorize({ scope: 'openid email' })).get('error')).toBe('invalid_scope');
    const tokens = await rp.signIn({ scope: 'openid' });
    expect(await (await rp.userinfo(tokens.access_token)).json()).toEqual({ sub: 'mia' });
    expect(Object.keys(claimsIn(tokens.id_token)).sort()).toEqual([
      'acr',
      'amr',
      'aud',
      'auth_time',
      'exp',
      'iat',
      'iss',
      'nonce',
      'sid',
      'sub',
    ]);
  });

  it('see profile and email at the userinfo endpoint, with `updated_at` in seconds', async () => {
    const rp = new Rp(host, 'web1', 'mail');
    const { access_token: token } = await rp.signIn({ scope: 'openid profile email' });
    expect(await (await rp.userinfo(token)).json()).toEqual({
      sub: 'mia',
      name: 'mia',
      preferred_username: 'mia@example.com',
      email: 'mia@example.com',
      email_verified: true,
      updated_at: Date.parse('2026-01-01T00:00:00Z') / 1000,
    });
  });

  it.each([
    ['spa', portalOrigin, portalOrigin],
    ['spa', 'http://evil.example', null],
    ['spa', 'null', null],
    ['mail', portalOrigin, null],
  ])('CORS is for scripts of a browser portal from its own origin: %s from %s', async (clientId, origin, allowed) => {
    const rp = new Rp(host, 'web1', clientId);
    const { access_token: token } = await rp.signIn();
    const headers = { origin, authorization: `Bearer ${token}` };
    const answer = await fetch(`${rp.issuer}/me`, { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.status).toBe(allowed === null ? 400 : 200);
  });
});
