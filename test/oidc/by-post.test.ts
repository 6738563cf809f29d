import { aPortal, aRealm, aUser, Host, portalOrigin, Rp } from './host.ts';

describe('an authorization request by POST', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());
  const post = (more: Record<string, string> = {}, type = 'application/x-www-form-urlencoded') => {
    const url = rp.authorizationUrl(more);
    const headers = { 'content-type': type };
    return fetch(`${rp.issuer}/auth`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: url.searchParams.toString(),
    });
  };

  const claims = JSON.stringify({ userinfo: { email: null, ['x'.repeat(20_000)]: null } });

  it('goes on by GET, so that the browser sends its session along', async () => {
    await rp.signIn();
    const answer = await post({ state: 'posted' });
    expect(answer.status).toBe(303);
    const page = await rp.browser.visit(answer.headers.get('location')!);
    expect(page.location?.searchParams.get('state')).toBe('posted');
    expect(host.requests).toHaveLength(1);
  });

  it('goes on by GET also when it is too long for an address', async () => {
    const location = (await post({ claims, scope: 'openid' })).headers.get('location')!;
    expect(location.length).toBeLessThan(200);
    const page = await rp.browser.visit(location);
    const { body } = await rp.redeem(page.location!.searchParams.get('code')!);
    expect(await (await rp.userinfo(body.access_token)).json()).toEqual({ sub: 'mia', email: 'mia@example.com' });
  });

  it('that is too long for an address can be gone on with once: of 50 together one', async () => {
    await rp.signIn();
    const location = (await post({ claims })).headers.get('location')!;
    const answers = await Promise.all(Array.from({ length: 50 }, () => rp.browser.request(location)));
    expect(answers.filter((answer) => answer.location?.searchParams.has('code') === true)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
  });

  it('that is too long for an address is kept for a minute', async () => {
    await rp.signIn();
    const [early, late] = [(await post({ claims })).headers.get('location')!, (await post({ claims })).headers];
    host.advance(59_999);
    expect((await rp.browser.visit(early)).location?.searchParams.has('code')).toBe(true);
    host.advance(1);
    expect((await rp.browser.visit(late.get('location')!)).json).toMatchObject({ error: 'invalid_request' });
  });

  it('of nobody is not stored', async () => {
    const location = (await post({ claims, client_id: 'nobody' })).headers.get('location')!;
    expect(location).toBe(`${rp.issuer}/auth?client_id=nobody`);
    expect((await rp.browser.visit(location)).json).toMatchObject({ kind: 'error', error: 'invalid_client' });
  });

  it('beyond 56 KiB is refused', async () => {
    expect((await post({ state: 'x'.repeat(60_000) })).status).toBe(500);
  });

  it('of another kind than a form is not one', async () => {
    expect((await post({}, 'application/json')).status).toBe(404);
  });
});

describe('a request to sign out by POST', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());
  const post = async (form: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams(form);
    const answer = await fetch(`${rp.issuer}/session/end`, { method: 'POST', redirect: 'manual', body });
    return rp.browser.visit(answer.headers.get('location') ?? '');
  };

  it.each([
    ['', {}],
    [', also when it is too long for an address', { client_id: 'mail', state: 'x'.repeat(20_000) }],
  ])('R6: goes on by GET, where the person is asked as ever%s', async (_, more) => {
    const { id_token: hint } = await rp.signIn();
    const to = { post_logout_redirect_uri: `${portalOrigin}/`, id_token_hint: hint };
    expect((await post({ ...to, ...more })).json).toMatchObject({
      kind: 'sign_out',
      model: { portal: 'Portal mail' },
      formOrigins: [portalOrigin],
      person: 'mia',
    });
    expect((await rp.authorize({ prompt: 'none' })).has('code')).toBe(true);
  });

  it('of nobody is not stored: the person is asked without it', async () => {
    await rp.signIn();
    const page = await post({ state: 'x'.repeat(20_000) });
    expect(page.url.href).toBe(`${rp.issuer}/session/end?`);
    expect(page.json).toMatchObject({ kind: 'sign_out', person: 'mia' });
  });
});
