import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

describe('two realms', () => {
  let host: Host;
  let web1: Rp;
  let plain: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    for (const realm of ['web1', 'plain']) host.add(aRealm(realm), aPortal(realm, 'mail'), aUser(realm, 'mia'));
    host.add(aPortal('plain', 'only-plain'));
    web1 = new Rp(host, 'web1', 'mail');
    plain = new Rp(host, 'plain', 'mail', web1.browser);
  });
  afterEach(() => host.stop());

  it('keep their sessions apart in one browser', async () => {
    await web1.signIn();
    expect((await plain.authorize({ prompt: 'none' })).get('error')).toBe('login_required');
    await plain.signIn();
    const names = web1.browser.cookies.header(new URL(web1.issuer), false);
    expect(names).toMatch(/web1-session=/);
    expect(names).toMatch(/plain-session=/);
  });

  it('do not take each other’s cookies, even under the right name', async () => {
    await web1.signIn();
    const cookie = web1.browser.cookies.header(new URL(web1.issuer), false).replaceAll('web1-', 'plain-');
    const answer = await fetch(plain.authorizationUrl({ prompt: 'none' }), { redirect: 'manual', headers: { cookie } });
    expect(answer.headers.get('location')).toMatch(/error=login_required/);
  });

  it('do not take each other’s codes, access tokens or refresh tokens', async () => {
    const code = await web1.code();
    plain.verifier = web1.verifier;
    expect((await plain.redeem(code)).body.error).toBe('invalid_grant');
    expect((await web1.redeem(code)).status).toBe(200);
    const tokens = await web1.signIn();
    expect((await plain.userinfo(tokens.access_token)).status).toBe(401);
    expect((await plain.refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await web1.refresh(tokens.refresh_token!)).status).toBe(200);
  });

  it('do not know each other’s portals', async () => {
    const stranger = new Rp(host, 'web1', 'only-plain');
    const page = await stranger.browser.visit(stranger.authorizationUrl());
    expect(page.json).toMatchObject({ kind: 'error', error: 'invalid_client' });
    const answer = await stranger.token({
      grant_type: 'authorization_code',
      code: 'x',
      client_secret: 'only-plain-secret',
    });
    expect(answer.status).toBe(401);
  });

  it('do not answer each other’s interactions', async () => {
    host.signIn = () => undefined;
    const page = await web1.browser.visit(web1.authorizationUrl());
    const url = page.url.href.replace('/realms/web1/', '/realms/plain/');
    expect((await web1.browser.visitOnce(url)).text).toBe('unknown');
  });

  it('do not take an ID token of the other as a hint, since their keys differ', async () => {
    const { id_token: hint } = await web1.signIn();
    expect((await plain.authorize({ id_token_hint: hint })).get('error')).toBe('invalid_request');
    const sets = await Promise.all([web1, plain].map(async ({ issuer }) => (await fetch(`${issuer}/jwks`)).json()));
    const kids = sets.flatMap((set) => (set as { keys: { kid: string }[] }).keys.map(({ kid }) => kid));
    expect(new Set(kids).size).toBe(6);
  });

  it('a realm that is not there has no address', async () => {
    expect((await fetch(`${host.origin}/realms/nowhere/.well-known/openid-configuration`)).status).toBe(404);
    expect((await fetch(`${host.origin}/realms/web1/nothing`)).status).toBe(404);
  });

  it('a realm with an origin of its own has it as issuer, its endpoints below it, and cookies that bind to it', async () => {
    host.add(aRealm('own', { origin: 'https://id.example.com' }), aPortal('own', 'mail'), aUser('own', 'mia'));
    const url = new Rp(host, 'own', 'mail').authorizationUrl();
    const respond = host.oidc.respond.bind(host.oidc);
    host.oidc = {
      ...host.oidc,
      respond: (realm, req, res) => {
        req.url = req.url!.replace('/realms/own', '');
        return respond(realm, req, res);
      },
    };
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { 'x-forwarded-host': 'evil.example', host: 'evil.example' },
    });
    expect(answer.headers.get('location')).toMatch(/^https:\/\/id\.example\.com\/sign-in\/[\w-]+\/password$/);
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(4);
    for (const cookie of cookies)
      expect(cookie).toMatch(/^__Secure-own-(sign-in|resume)(\.sig)?=.*; secure; .*httponly/i);
    const discovery = await (await fetch(`${host.origin}/realms/own/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({
      issuer: 'https://id.example.com',
      token_endpoint: 'https://id.example.com/token',
    });
  });
});
