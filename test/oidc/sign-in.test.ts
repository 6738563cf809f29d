import { aPortal, aRealm, aUser, claimsIn, Host, Rp } from './host.ts';

describe('signing in', () => {
  let host: Host;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
  });
  afterEach(() => host.stop());

  it('may come back by form_post: the page that posts itself may run its own script and no other', async () => {
    host.headers = { 'content-security-policy': "default-src 'none'" };
    const rp = new Rp(host, 'web1', 'mail');
    const page = await rp.browser.visit(rp.authorizationUrl({ response_mode: 'form_post' }));
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none';script-src 'sha256-[^' ]+'$/);
    const [form] = page.forms;
    expect(form?.action.href).toBe('http://portal.test/callback');
    expect(new Map(form!.fields).get('code')).toBeDefined();
  });

  it('ends at the portal with a code for tokens that say who, how and when', async () => {
    host.signIn = () => ({ userId: 'mia', acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] });
    const rp = new Rp(host, 'web1', 'mail');
    const tokens = await rp.signIn();
    expect(claimsIn(tokens.id_token)).toMatchObject({
      iss: rp.issuer,
      sub: 'mia',
      aud: 'mail',
      nonce: 'n',
      acr: 'mfa',
      amr: ['pwd', 'otp', 'mfa'],
      auth_time: Math.floor(host.clock.now().getTime() / 1000),
    });
    expect(await (await rp.userinfo(tokens.access_token)).json()).toMatchObject({
      sub: 'mia',
      name: 'mia',
      email: 'mia@example.com',
    });
  });
});
