import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { auditEvent } from '../../src/audit/index.ts';
import { aPortal, aRealm, aUser, claimsIn, Host, Rp } from './host.ts';

describe('back-channel logout', () => {
  let host: Host;
  let rp: Rp;
  let portal: Server;
  let told: { readonly path: string; readonly token: string }[];
  let status: number;
  let address: string;
  beforeEach(async () => {
    [told, status] = [[], 200];
    portal = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      told.push({ path: request.url ?? '', token: new URLSearchParams(body).get('logout_token') ?? '' });
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    host = await new Host().start();
    host.allowOrigins = [address];
    host.add(aRealm('web1'), aUser('web1', 'mia'));
    host.add(aPortal('web1', 'mail', { backchannelLogoutUri: `${address}/mail` }));
    host.add(aPortal('web1', 'files', { backchannelLogoutUri: `${address}/files`, idTokenAlg: 'ES256' }));
    host.add(aPortal('web1', 'quiet'));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(async () => {
    await host.stop();
    await new Promise((resolve) => portal.close(resolve));
  });

  const deliver = () => host.oidc.logoutDelivery.workOnce();
  async function signOut() {
    const page = await rp.browser.visit(`${rp.issuer}/session/end`);
    const { model } = page.json as { readonly model: { readonly action: string; readonly xsrf: string } };
    const body = new URLSearchParams({ xsrf: model.xsrf, logout: 'yes' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await rp.browser.request(model.action, { method: 'POST', from: new URL(rp.issuer), headers, body });
  }
  const after = (userId: string, type: string) =>
    host.oidc.endSessionsAfter([
      auditEvent(host.clock.now(), { type, realm: 'web1', actor: { kind: 'operator' }, subject: userId }),
    ]);
  const paths = () => told.map(({ path }) => path).sort();

  it('tells every portal of the session, with a signed token of that session and no other', async () => {
    const { id_token: mail } = await rp.signIn();
    const files = await new Rp(host, 'web1', 'files', rp.browser).signIn();
    await new Rp(host, 'web1', 'quiet', rp.browser).signIn();
    await signOut();
    expect(told).toEqual([]);
    expect(await deliver()).toBe(2);
    expect(paths()).toEqual(['/files', '/mail']);
    const keys = createRemoteJWKSet(new URL(`${rp.issuer}/jwks`));
    for (const [path, client, idToken] of [
      ['/mail', 'mail', mail],
      ['/files', 'files', files.id_token],
    ] as const) {
      const { token } = told.find((one) => one.path === path)!;
      const verify = { issuer: rp.issuer, audience: client, typ: 'logout+jwt', currentDate: host.clock.now() };
      const { payload } = await jwtVerify(token, keys, verify);
      expect(payload).toMatchObject({ sub: 'mia', sid: claimsIn(idToken)['sid'], jti: expect.any(String) });
      expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
      expect(payload['nonce']).toBeUndefined();
    }
    expect(await deliver()).toBe(0);
  });

  it('tells nobody while the person stays', async () => {
    await rp.signIn();
    await rp.browser.visit(`${rp.issuer}/session/end`);
    expect(await deliver()).toBe(0);
  });

  it('tries a portal that is away again, later each time, until it is there', async () => {
    await rp.signIn();
    await signOut();
    status = 503;
    for (const waitS of [10, 20, 40, 80]) {
      expect(await deliver()).toBe(1);
      host.advance(waitS * 1_000 - 1);
      expect(await deliver()).toBe(0);
      host.advance(1);
    }
    status = 204;
    expect(await deliver()).toBe(1);
    expect(told).toHaveLength(5);
    host.advanceMinutes(24 * 60);
    expect(await deliver()).toBe(0);
  });

  it('gives up after a day, and the audit log says so', async () => {
    await rp.signIn();
    await signOut();
    status = 500;
    expect(await deliver()).toBe(1);
    host.advanceMinutes(24 * 60);
    expect(await deliver()).toBe(1);
    expect(told).toHaveLength(1);
    const [doc] = await host.storage.store.pending('oidc_logout_notices', 10);
    expect(doc?.outbox?.[0]?.body).toMatchObject({ type: 'logout_notice.failed', portal: 'mail', subject: 'mia' });
  });

  it('calls no internal address that configuration does not name, and follows no redirect', async () => {
    host.allowOrigins = [];
    await rp.signIn();
    await signOut();
    expect(await deliver()).toBe(1);
    expect(told).toEqual([]);
    host.advanceMinutes(60);
    expect(await deliver()).toBe(0);
    const [doc] = await host.storage.store.pending('oidc_logout_notices', 10);
    expect(doc?.outbox?.[0]?.body).toMatchObject({ type: 'logout_notice.failed' });
  });

  it('of 50 workers at once one tells each portal', async () => {
    await rp.signIn();
    await new Rp(host, 'web1', 'files', rp.browser).signIn();
    await signOut();
    const counts = await Promise.all(Array.from({ length: 50 }, deliver));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(paths()).toEqual(['/files', '/mail']);
  });

  it.each([
    ['user.disabled', { status: 'disabled' }],
    ['user.second_factor_locked', { secondFactorLockedAt: new Date('2026-03-02T09:00:00Z') }],
  ] as const)('A6: after %s sessions end in every browser and portals are told', async (type, change) => {
    await rp.signIn();
    await new Rp(host, 'web1', 'files').signIn();
    host.add(aUser('web1', 'mia', change));
    await after('mia', type);
    await after('mia', type);
    await deliver();
    expect(paths()).toEqual(['/files', '/mail']);
    host.add(aUser('web1', 'mia'));
    expect((await rp.authorize({ prompt: 'none' })).get('error')).toBe('login_required');
  });

  it('A6: a changed password ends the sessions before it and keeps the one it was changed in', async () => {
    await rp.signIn();
    host.advanceMinutes(1);
    const files = new Rp(host, 'web1', 'files');
    const sessionsValidFrom = host.clock.now();
    host.add(aUser('web1', 'mia', { sessionsValidFrom }));
    await files.signIn();
    await after('mia', 'password.changed');
    await deliver();
    expect(paths()).toEqual(['/mail']);
    expect((await files.authorize({ prompt: 'none' })).has('code')).toBe(true);
  });

  it('an end asked for from outside takes sessions, grants and tokens, and tells portals', async () => {
    const tokens = await rp.signIn();
    await host.oidc.endSessionsOf('web1', 'mia');
    await deliver();
    expect(paths()).toEqual(['/mail']);
    expect((await rp.refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await rp.userinfo(tokens.access_token)).status).toBe(401);
  });

  it('another person in the same browser ends the session before, and its portals are told', async () => {
    host.add(aUser('web1', 'otto'));
    await rp.signIn();
    host.signIn = () => ({ userId: 'otto' });
    await rp.code({ prompt: 'login' });
    await deliver();
    expect(told.map(({ token }) => claimsIn(token)['sub'])).toEqual(['mia']);
  });
});
