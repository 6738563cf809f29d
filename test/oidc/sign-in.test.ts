import { aPortal, aRealm, aUser, claimsIn, Host, Rp } from './host.ts';

describe('signing in', () => {
  let host: Host;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
  });
  afterEach(() => host.stop());

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
