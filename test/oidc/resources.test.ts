import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { Realm } from '../../src/realm/index.ts';
import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

const orders = 'https://orders.example.com/';
const stock = 'https://stock.example.com/';
const resources: NonNullable<Realm['resources']> = [
  { id: orders, name: 'Orders', scopes: ['orders:read', 'orders:write'], tokenFormat: 'jwt' },
  { id: stock, name: 'Stock', scopes: ['stock:read'], tokenFormat: 'opaque', introspectedBy: ['stock-api'] },
];
const scopes = ['openid', 'profile', 'email', 'offline_access', 'orders:read', 'stock:read'];

describe('tokens for resources', () => {
  let host: Host;
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1', { resources }), aUser('web1', 'mia'));
    host.add(aPortal('web1', 'mail', { scopes, resources: [orders, stock] }));
    host.add(aPortal('web1', 'shop', { scopes: [...scopes, 'orders:write'], resources: [orders] }));
    host.add(aPortal('web1', 'app', { kind: 'browser', scopes, resources: [stock] }));
    const machine = { kind: 'machine', redirectUris: [], postLogoutRedirectUris: [] } as const;
    host.add(aPortal('web1', 'batch', { ...machine, scopes: ['orders:read'], resources: [orders] }));
    host.add(
      aPortal('web1', 'both', { ...machine, scopes: ['orders:read', 'stock:read'], resources: [orders, stock] }),
    );
    host.add(aPortal('web1', 'none', { ...machine, scopes: [] }), aPortal('web1', 'stock-api', machine));
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  const by = (clientId: string) => new Rp(host, 'web1', clientId);
  const secret = (clientId: string) => ({ client_id: clientId, client_secret: `${clientId}-secret` });
  const machineToken = (clientId: string, more: Readonly<Record<string, string>> = {}) =>
    by(clientId).token({ grant_type: 'client_credentials', ...secret(clientId), ...more });
  const post = async (path: string, clientId: string, token: string, isPublic = false) => {
    const credentials = isPublic ? { client_id: clientId } : secret(clientId);
    const body = new URLSearchParams({ token, ...credentials });
    return fetch(`${rp.issuer}/token/${path}`, { method: 'POST', body });
  };
  const introspect = async (clientId: string, token: string, isPublic = false) =>
    (await (await post('introspection', clientId, token, isPublic)).json()) as Record<string, unknown>;
  const scope = scopes.join(' ');

  describe('for people', () => {
    it('a JWT of five minutes that the resource verifies itself, with the scopes the portal may have there', async () => {
      const shop = by('shop');
      const code = await shop.code({ scope: `${scope} orders:write`, resource: orders });
      const { body } = await shop.redeem(code, { resource: orders });
      const keys = createRemoteJWKSet(new URL(`${shop.issuer}/jwks`));
      const verify = { issuer: shop.issuer, audience: orders, typ: 'at+jwt', currentDate: host.clock.now() };
      const { payload } = await jwtVerify(body.access_token, keys, verify);
      expect(payload).toMatchObject({ sub: 'mia', client_id: 'shop', acr: 'single', amr: ['pwd'] });
      expect(payload['scope']).toBe('orders:read orders:write');
      expect(payload.exp! - payload.iat!).toBe(300);
      expect(payload['auth_time']).toEqual(expect.any(Number));
    });

    it('no scope that an admin did not give the portal, whatever it asks for', async () => {
      const code = await rp.code({ scope: `${scope} orders:write`, resource: orders });
      const { body } = await rp.redeem(code, { resource: orders });
      expect(decodeJwt(body.access_token)['scope']).toBe('orders:read');
    });

    it('for one resource at a time, out of one refresh token', async () => {
      const url = rp.authorizationUrl({ scope });
      for (const id of [orders, stock]) url.searchParams.append('resource', id);
      const page = await rp.browser.visit(url);
      const first = (await rp.redeem(page.location!.searchParams.get('code')!)).body;
      expect((await rp.userinfo(first.access_token)).status).toBe(200);
      const form = { grant_type: 'refresh_token', refresh_token: first.refresh_token! };
      const second = (await rp.token({ ...form, resource: stock })).body;
      expect(await introspect('stock-api', second.access_token)).toMatchObject({ aud: stock, scope: 'stock:read' });
      expect((await rp.userinfo(second.access_token)).status).toBe(403);
    });

    it.each(['https://elsewhere.example.com/', stock])('no token for %s of a portal that may not', async (resource) => {
      expect((await by('shop').authorize({ scope, resource })).get('error')).toBe('invalid_target');
    });

    it('no token for a resource that was not agreed to when the person was there', async () => {
      const { body } = await rp.redeem(await rp.code({ scope, resource: orders }), { resource: stock });
      expect(body.error).toBe('invalid_target');
    });

    it('asks the person by the name of the resource, once', async () => {
      host.add(aPortal('web1', 'mail', { scopes, resources: [orders, stock], asksConsent: true }));
      host.signIn = ({ needsConsent }) => ({ userId: 'mia', consented: needsConsent });
      await rp.code({ scope: 'openid orders:read', resource: orders });
      expect(host.requests.at(-1)).toMatchObject({ needsConsent: true, resources: ['Orders'] });
      const asked = host.requests.length;
      await rp.code({ scope: 'openid orders:read', resource: orders });
      expect(host.requests).toHaveLength(asked);
      await rp.code({ scope: 'openid stock:read', resource: stock });
      expect(host.requests.at(-1)).toMatchObject({ needsConsent: true, resources: ['Stock'] });
    });
  });

  describe('for machines', () => {
    it('client credentials give a token for the one resource there is, with the scopes asked for', async () => {
      const { status, body } = await machineToken('batch', { scope: 'orders:read orders:write openid' });
      expect(status).toBe(200);
      expect(decodeJwt(body.access_token)).toMatchObject({ aud: orders, sub: 'batch', scope: 'orders:read' });
      expect(body.refresh_token).toBeUndefined();
      expect(body.id_token).toBeUndefined();
    });

    it.each([
      ['none', {}, 'invalid_target'],
      ['both', {}, 'invalid_target'],
      ['batch', { resource: stock }, 'invalid_target'],
      ['batch', { scope: 'orders:write openid' }, 'invalid_scope'],
      ['batch', { client_secret: 'wrong' }, 'invalid_client'],
      ['mail', { resource: orders }, 'invalid_request'],
    ])('%s with %j gets %s', async (clientId, more, error) => {
      const { status, body } = await machineToken(clientId, more);
      expect([status >= 400, body.error]).toEqual([true, error]);
      expect(body.access_token).toBeUndefined();
    });

    it('nothing for a portal that was disabled', async () => {
      host.add(aPortal('web1', 'batch', { kind: 'machine', enabled: false, scopes: [], resources: [orders] }));
      host.advance(3_000);
      host.portals.set('web1/batch', { ...host.portals.get('web1/batch')!, changedAt: host.clock.now() });
      expect((await machineToken('batch')).body.error).toBe('invalid_client');
    });
  });

  describe('introspection', () => {
    it('tells a client of its own tokens and a resource server of those for it; nobody else', async () => {
      const { access_token: token } = (await machineToken('both', { resource: stock, scope: 'stock:read' })).body;
      const active = { active: true, aud: stock, client_id: 'both', scope: 'stock:read' };
      expect(await introspect('both', token)).toMatchObject(active);
      expect(await introspect('stock-api', token)).toMatchObject(active);
      expect(await introspect('mail', token)).toEqual({ active: false });
      expect(await introspect('app', token, true)).toEqual({ active: false });
    });

    it('fault 25: tells a resource server of no token of a portal that was disabled or removed', async () => {
      const page = await rp.browser.visit(rp.authorizationUrl({ scope, resource: stock }));
      const { body: persons } = await rp.redeem(page.location!.searchParams.get('code')!, { resource: stock });
      const { body: machines } = await machineToken('both', { scope: 'stock:read', resource: stock });
      for (const clientId of ['mail', 'both']) {
        const token = clientId === 'mail' ? persons.access_token : machines.access_token;
        expect(await introspect('stock-api', token)).toMatchObject({ active: true, client_id: clientId });
        host.add({ ...host.portals.get(`web1/${clientId}`)!, enabled: false, changedAt: new Date() });
        expect(await introspect('stock-api', token)).toEqual({ active: false });
        host.portals.delete(`web1/${clientId}`);
        expect(await introspect('stock-api', token)).toEqual({ active: false });
      }
    });

    it('knows JWT access tokens by their signature, under the same rule', async () => {
      const { access_token: token } = (await machineToken('batch')).body;
      expect(await introspect('batch', token)).toMatchObject({ active: true, aud: orders, client_id: 'batch' });
      expect(await introspect('stock-api', token)).toEqual({ active: false });
      const [header = '', payload = '', signature = ''] = token.split('.');
      const changed = signature.replace(/^./, (first) => (first === 'x' ? 'y' : 'x'));
      expect(await introspect('batch', [header, payload, changed].join('.'))).toEqual({ active: false });
      const claims = { ...decodeJwt(token), client_id: 'mail' };
      const forged = [
        Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url'),
        Buffer.from(JSON.stringify(claims)).toString('base64url'),
        '',
      ].join('.');
      expect(await introspect('mail', forged)).toEqual({ active: false });
      host.advanceMinutes(5);
      expect(await introspect('batch', token)).toEqual({ active: false });
    });

    it('an ID token is no access token', async () => {
      expect(await introspect('mail', (await rp.signIn()).id_token)).toEqual({ active: false });
    });

    it('needs the secret of whoever asks', async () => {
      const answer = await fetch(`${rp.issuer}/token/introspection`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'mail', client_secret: 'wrong', token: 'x' }),
      });
      expect(answer.status).toBe(401);
    });

    it.each([
      ['disabled', { status: 'disabled' }],
      ['locked', { secondFactorLockedAt: new Date('2026-03-02T09:00:00Z') }],
    ] as const)('fault 24: no token of a %s person is active', async (_what, change) => {
      const code = await rp.code({ scope, resource: orders });
      const { access_token: jwt } = (await rp.redeem(code, { resource: orders })).body;
      const tokens = await rp.signIn();
      const all = [jwt, tokens.access_token, tokens.refresh_token!];
      for (const token of all) expect(await introspect('mail', token)).toMatchObject({ active: true, sub: 'mia' });
      host.add(aUser('web1', 'mia', change));
      for (const token of all) expect(await introspect('mail', token)).toEqual({ active: false });
    });
  });

  describe('revocation', () => {
    it('of a refresh token ends its family', async () => {
      const tokens = await rp.signIn();
      expect((await post('revocation', 'mail', tokens.refresh_token!)).status).toBe(200);
      expect((await rp.refresh(tokens.refresh_token!)).body.error).toBe('invalid_grant');
      expect((await rp.userinfo(tokens.access_token)).status).toBe(401);
    });

    it('of an access token ends it', async () => {
      const { access_token: token } = (await machineToken('both', { resource: stock })).body;
      expect((await post('revocation', 'both', token)).status).toBe(200);
      expect(await introspect('both', token)).toEqual({ active: false });
    });

    it('A1: by another client looks the same and does nothing', async () => {
      const tokens = await rp.signIn();
      expect((await post('revocation', 'shop', tokens.refresh_token!)).status).toBe(200);
      expect((await post('revocation', 'app', tokens.refresh_token!, true)).status).toBe(200);
      expect((await rp.refresh(tokens.refresh_token!)).status).toBe(200);
    });

    it('of a JWT is refused by name, since nobody who reads one asks us', async () => {
      const { access_token: token } = (await machineToken('batch')).body;
      const answer = await post('revocation', 'batch', token);
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({ error: 'unsupported_token_type' }),
      ]);
    });
  });
});
