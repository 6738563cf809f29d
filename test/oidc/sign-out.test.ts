import { aPortal, aRealm, aUser, Host, portalOrigin, Rp } from './host.ts';

interface SignOutPage {
  readonly kind: string;
  readonly model: { readonly action: string; readonly xsrf: string; readonly portal?: string };
  readonly formOrigins: readonly string[];
}

describe('signing out', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aUser('web1', 'mia'));
    host.add(aPortal('web1', 'mail', { homeUrl: `${portalOrigin}/mail` }));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  const endSession = async (params: Readonly<Record<string, string>> = {}) => {
    const page = await rp.browser.visit(`${rp.issuer}/session/end?${new URLSearchParams(params).toString()}`);
    return page.json as SignOutPage;
  };
  const confirm = (page: SignOutPage, fields: Readonly<Record<string, string>>) =>
    rp.browser.request(page.model.action, {
      method: 'POST',
      from: new URL(rp.issuer),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  const isSignedIn = async () => (await rp.authorize({ prompt: 'none' })).has('code');

  it('asks first, then ends the session and what hangs on it, and goes back to the portal', async () => {
    const { id_token: hint, access_token: token } = await rp.signIn({ scope: 'openid' });
    const page = await endSession({ id_token_hint: hint, post_logout_redirect_uri: `${portalOrigin}/`, state: 'x y' });
    expect(page).toMatchObject({
      kind: 'sign_out',
      model: { action: `${rp.issuer}/session/end/confirm`, portal: 'Portal mail' },
      formOrigins: [portalOrigin],
      person: 'mia',
    });
    expect(await isSignedIn()).toBe(true);
    const again = await endSession({ id_token_hint: hint, post_logout_redirect_uri: `${portalOrigin}/`, state: 'x y' });
    const answer = await confirm(again, { xsrf: again.model.xsrf, logout: 'yes' });
    expect(answer.location?.href).toBe(`${portalOrigin}/?state=x+y`);
    expect(await isSignedIn()).toBe(false);
    expect((await rp.userinfo(token)).status).toBe(401);
  });

  it('says so on a page of its own when the portal named no address', async () => {
    const { id_token: hint } = await rp.signIn();
    const page = await endSession({ id_token_hint: hint });
    const answer = await confirm(page, { xsrf: page.model.xsrf, logout: 'yes' });
    expect((await rp.browser.visit(answer.location!)).json).toMatchObject({ kind: 'signed_out' });
  });

  it('leaves the session alone when the person stays', async () => {
    await rp.signIn();
    const page = await endSession();
    expect((await confirm(page, { xsrf: page.model.xsrf })).status).toBe(303);
    expect(await isSignedIn()).toBe(true);
  });

  it.each([{}, { xsrf: '' }, { xsrf: 'x'.repeat(48) }])(
    'A7: another site cannot sign anybody out: %j',
    async (fields) => {
      await rp.signIn();
      const page = await endSession();
      expect((await confirm(page, { ...fields, logout: 'yes' })).status).toBe(400);
      expect(await isSignedIn()).toBe(true);
    },
  );

  it('with nobody signed in goes on at once, without a page that needs scripts', async () => {
    const { id_token: hint } = await rp.signIn();
    const page = await endSession();
    await confirm(page, { xsrf: page.model.xsrf, logout: 'yes' });
    const params = new URLSearchParams({
      id_token_hint: hint,
      post_logout_redirect_uri: `${portalOrigin}/`,
      state: 'z',
    });
    const answer = await rp.browser.request(`${rp.issuer}/session/end?${params.toString()}`);
    expect([answer.status, answer.location?.href]).toEqual([303, `${portalOrigin}/?state=z`]);
  });

  it('with nobody signed in stores nothing and sets no cookie, however often anybody asks', async () => {
    for (const path of ['/session/end', '/session/end?client_id=mail']) {
      const answer = await fetch(`${rp.issuer}${path}`, { redirect: 'manual' });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([303, []]);
    }
    const tomorrow = new Date(host.clock.now().getTime() + 24 * 3_600_000);
    expect(await host.storage.store.removeExpired('oidc_sessions', tomorrow, 100)).toBe(0);
  });

  it('goes nowhere that the portal has not registered', async () => {
    const { id_token: hint } = await rp.signIn();
    const page = await endSession({ id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example/' });
    expect(page).toMatchObject({ kind: 'error', error: 'invalid_request' });
    const unnamed = await endSession({ post_logout_redirect_uri: 'https://evil.example/' });
    expect(unnamed).toMatchObject({ kind: 'sign_out', formOrigins: [] });
  });

  it('lets offline access live on, since it was asked for to outlive the session', async () => {
    const tokens = await rp.signIn();
    const page = await endSession();
    await confirm(page, { xsrf: page.model.xsrf, logout: 'yes' });
    expect((await rp.refresh(tokens.refresh_token!)).status).toBe(200);
  });
});
