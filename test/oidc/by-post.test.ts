import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

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

  it('goes on by GET, so that the browser sends its session along', async () => {
    await rp.signIn();
    const answer = await post({ state: 'posted' });
    expect(answer.status).toBe(303);
    const page = await rp.browser.visit(answer.headers.get('location')!);
    expect(page.location?.searchParams.get('state')).toBe('posted');
    expect(host.requests).toHaveLength(1);
  });

  it('goes on by GET also when it is too long for an address', async () => {
    const claims = JSON.stringify({ userinfo: { email: null, ['x'.repeat(20_000)]: null } });
    const location = (await post({ claims, scope: 'openid' })).headers.get('location')!;
    expect(location.length).toBeLessThan(200);
    const page = await rp.browser.visit(location);
    const { body } = await rp.redeem(page.location!.searchParams.get('code')!);
    expect(await (await rp.userinfo(body.access_token)).json()).toEqual({ sub: 'mia', email: 'mia@example.com' });
    host.advanceMinutes(10);
    expect((await rp.browser.visit(location)).json).toMatchObject({ kind: 'error', error: 'invalid_request' });
  });

  it('beyond 56 KiB is refused', async () => {
    expect((await post({ state: 'x'.repeat(60_000) })).status).toBe(500);
  });

  it('of another kind than a form is not one', async () => {
    expect((await post({}, 'application/json')).status).toBe(404);
  });
});
