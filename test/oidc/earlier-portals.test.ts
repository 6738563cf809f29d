import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

describe('a portal whose client id was an earlier one’s', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail', { kind: 'browser' }), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  const refresh = (token: string) => rp.token({ grant_type: 'refresh_token', client_id: 'mail', refresh_token: token });
  const again = (at: { readonly createdAt?: Date }) =>
    host.add(aPortal('web1', 'mail', { kind: 'browser', changedAt: host.clock.now(), ...at }));

  it('fault 25: gets nothing for what the earlier one was given, nor does whoever kept it', async () => {
    const tokens = await rp.signIn();
    host.portals.delete('web1/mail');
    expect((await refresh(tokens.refresh_token!)).body.error).toBe('invalid_client');
    again({ createdAt: host.clock.now() });
    expect((await refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await rp.userinfo(tokens.access_token)).status).toBe(401);

    const fresh = await rp.signIn();
    expect((await rp.userinfo(fresh.access_token)).status).toBe(200);
    expect((await refresh(fresh.refresh_token!)).status).toBe(200);
  });

  it('keeps what it was given itself, however it is changed', async () => {
    const tokens = await rp.signIn();
    host.advance(3_000);
    again({});
    expect((await rp.userinfo(tokens.access_token)).status).toBe(200);
    expect((await refresh(tokens.refresh_token!)).status).toBe(200);
  });
});
