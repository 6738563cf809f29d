import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

describe('RFC 9700 §4.14.2: what was used once and comes again', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aPortal('web1', 'shop'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  const recorded = async () =>
    (await host.storage.store.pending('oidc_reuses', 100))
      .flatMap(({ outbox }) => outbox ?? [])
      .map(({ body }) => body);
  const record = (kind: string) => ({
    type: 'token.reused',
    realm: 'web1',
    actor: { kind: 'client', id: 'mail' },
    subject: 'mia',
    portal: 'mail',
    details: { kind },
  });

  it('A7: a code is in the audit log, once, whether it comes later or 50 times together', async () => {
    const code = await rp.code();
    await rp.redeem(code);
    expect(await recorded()).toEqual([]);
    await rp.redeem(code);
    expect(await recorded()).toEqual([record('authorization_code')]);
    const other = await rp.code();
    await Promise.all(Array.from({ length: 50 }, () => rp.redeem(other)));
    expect(await recorded()).toEqual([record('authorization_code'), record('authorization_code')]);
  });

  it('A7: so is a refresh token', async () => {
    const { refresh_token: token = '' } = await rp.signIn();
    await rp.refresh(token);
    expect(await recorded()).toEqual([]);
    await rp.refresh(token);
    await rp.refresh(token);
    expect(await recorded()).toEqual([record('refresh_token')]);
    const { refresh_token: other = '' } = await rp.signIn();
    await Promise.all(Array.from({ length: 50 }, () => rp.refresh(other)));
    expect(await recorded()).toEqual([record('refresh_token'), record('refresh_token')]);
  });

  it('A7: what another portal presents, or never was, is no reuse', async () => {
    const code = await rp.code();
    const shop = new Rp(host, 'web1', 'shop');
    shop.verifier = rp.verifier;
    expect((await shop.redeem(code)).body.error).toBe('invalid_grant');
    expect((await rp.redeem('never')).body.error).toBe('invalid_grant');
    expect(await recorded()).toEqual([]);
    expect((await rp.redeem(code)).status).toBe(200);
  });
});
