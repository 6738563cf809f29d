import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Portal } from '../../src/realm/index.ts';
import { aPortal, aRealm, aUser, claimsIn, Host, portalOrigin, Rp } from './host.ts';

type Values = readonly string[];

/** Every line of the discovery document is tried. A line nobody tries fails the last test. */
describe('what discovery advertises works', () => {
  let host: Host;
  let rp: Rp;
  let document: Readonly<Record<string, unknown>>;
  const tried = new Set<string>();
  beforeAll(async () => {
    host = await new Host().start();
    const api = { id: 'https://api.example.com/', name: 'API', scopes: ['read'], tokenFormat: 'opaque' } as const;
    host.add(aRealm('web1', { resources: [api] }));
    host.add(aUser('web1', 'mia', { username: 'mia', locale: 'de', timeZone: 'Europe/Berlin' }));
    host.add(aPortal('web1', 'mail'), aPortal('web1', 'other'), aPortal('web1', 'spa', { kind: 'browser' }));
    host.add(
      aPortal('web1', 'robot', { kind: 'machine', redirectUris: [], scopes: ['read'], resources: [api.id] }),
      aPortal('web1', 'tv', { grants: ['authorization_code', 'refresh_token', 'device_code'] }),
    );
    rp = new Rp(host, 'web1', 'mail');
    document = (await (await fetch(`${rp.issuer}/.well-known/openid-configuration`)).json()) as typeof document;
  });
  afterAll(() => host.stop());

  /** What the document says under `name`, which is thereby tried. */
  const said = (name: string): string => {
    tried.add(name);
    return String(document[name]);
  };
  const values = (name: string): Values => {
    tried.add(name);
    return document[name] as Values;
  };
  const basic = (clientId: string) => ({
    authorization: `Basic ${Buffer.from(`${clientId}:${clientId}-secret`).toString('base64')}`,
  });
  const post = (
    address: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) => fetch(address, { method: 'POST', headers, body: new URLSearchParams(form) });
  const codeForm = async (portal: Rp) => ({
    grant_type: 'authorization_code',
    code: await portal.code(),
    code_verifier: portal.verifier,
    redirect_uri: `${portalOrigin}/callback`,
  });

  it('issuer, and the addresses of a sign-in', async () => {
    const address = rp.authorizationUrl();
    const { location } = await rp.browser.visit(`${said('authorization_endpoint')}${address.search}`);
    expect(location?.searchParams.get('iss')).toBe(said('issuer'));
    expect(document['authorization_response_iss_parameter_supported']).toBe(true);
    tried.add('authorization_response_iss_parameter_supported');
    const form = { code: location?.searchParams.get('code') ?? '', code_verifier: rp.verifier };
    const redirect = { grant_type: 'authorization_code', redirect_uri: `${portalOrigin}/callback` };
    const answer = await post(said('token_endpoint'), { ...form, ...redirect }, basic('mail'));
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const userinfo = await fetch(said('userinfo_endpoint'), { headers: { authorization: `Bearer ${token}` } });
    expect(await userinfo.json()).toMatchObject({ sub: 'mia' });
    expect((await fetch(said('end_session_endpoint'), { redirect: 'manual' })).status).toBe(303);
  });

  it('every algorithm of ID tokens, with a key for it', async () => {
    const { keys } = (await (await fetch(said('jwks_uri'))).json()) as { keys: { kid: string; alg: string }[] };
    for (const alg of values('id_token_signing_alg_values_supported') as NonNullable<Portal['idTokenAlg']>[]) {
      host.add(aPortal('web1', `signed-${alg}`, { idTokenAlg: alg }));
      const { id_token: token } = await new Rp(host, 'web1', `signed-${alg}`).signIn();
      const { kid } = decodeProtectedHeader(token);
      expect(keys.find((key) => key.kid === kid)?.alg).toBe(alg);
    }
  });

  it('every way in which a portal proves who it is', async () => {
    const ways: Readonly<Record<string, () => Promise<Response>>> = {
      client_secret_basic: async () => post(said('token_endpoint'), await codeForm(rp), basic('mail')),
      async client_secret_post() {
        const secret = { client_id: 'mail', client_secret: 'mail-secret' };
        return post(said('token_endpoint'), { ...(await codeForm(rp)), ...secret });
      },
      async none() {
        const spa = new Rp(host, 'web1', 'spa');
        return post(said('token_endpoint'), { ...(await codeForm(spa)), client_id: 'spa' });
      },
      private_key_jwt: () => redeemByKey('ES256'),
    };
    for (const way of values('token_endpoint_auth_methods_supported'))
      expect([way, (await ways[way]?.())?.status]).toEqual([way, 200]);
    for (const alg of values('token_endpoint_auth_signing_alg_values_supported'))
      expect([alg, (await redeemByKey(alg)).status]).toEqual([alg, 200]);
  });

  async function redeemByKey(alg: string): Promise<Response> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const keys = [(await exportJWK(publicKey)) as NonNullable<Portal['jwks']>['keys'][number]];
    const clientId = `by-key-${alg}`;
    const { secrets: _, ...portal } = aPortal('web1', clientId, { authentication: 'private_key_jwt', jwks: { keys } });
    host.add({ ...portal, changedAt: new Date(host.clock.now().getTime() + host.portals.size) });
    const exp = Math.floor(host.clock.now().getTime() / 1000) + 60;
    const claims = { iss: clientId, sub: clientId, aud: said('issuer'), jti: randomUUID(), exp };
    return post(said('token_endpoint'), {
      ...(await codeForm(new Rp(host, 'web1', clientId))),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey),
    });
  }

  it('every grant', async () => {
    const { refresh_token: refreshToken = '' } = await rp.signIn();
    const grants: Readonly<Record<string, () => Promise<{ readonly status: number }>>> = {
      authorization_code: async () => post(said('token_endpoint'), await codeForm(rp), basic('mail')),
      refresh_token: () => rp.refresh(refreshToken),
      client_credentials: () =>
        post(said('token_endpoint'), { grant_type: 'client_credentials', scope: 'read' }, basic('robot')),
      'urn:ietf:params:oauth:grant-type:device_code': () =>
        post(said('device_authorization_endpoint'), { scope: 'openid' }, basic('tv')),
    };
    for (const grant of values('grant_types_supported'))
      expect([grant, (await grants[grant]?.())?.status]).toEqual([grant, 200]);
  });

  it('every way of asking and answering', async () => {
    expect(values('response_types_supported')).toEqual(['code']);
    expect(values('code_challenge_methods_supported')).toEqual(['S256']);
    expect(document['request_uri_parameter_supported']).toBe(false);
    tried.add('request_uri_parameter_supported');
    const refused = await rp.authorize({ request_uri: 'https://portal.test/request' });
    expect(refused.get('error')).toBe('request_uri_not_supported');
    for (const mode of values('response_modes_supported')) {
      const { location, text } = await rp.browser.visit(rp.authorizationUrl({ response_mode: mode }));
      const parts: Readonly<Record<string, boolean>> = {
        query: location?.searchParams.has('code') === true,
        fragment: new URLSearchParams(location?.hash.slice(1)).has('code'),
        form_post: location === undefined && text.includes('Continue'),
      };
      expect([mode, parts[mode]]).toEqual([mode, true]);
    }
    const pushed = await post(
      said('pushed_authorization_request_endpoint'),
      Object.fromEntries(rp.authorizationUrl().searchParams),
      basic('mail'),
    );
    expect(pushed.status).toBe(201);
  });

  it('every scope and claim', async () => {
    for (const scope of values('scopes_supported')) {
      const answer = await rp.redeem(await rp.code({ scope: [...new Set(['openid', scope])].join(' ') }));
      expect((answer.body as unknown as { scope: string }).scope.split(' ')).toContain(scope);
    }
    host.memberships.set('north', { id: 'north', name: 'North', roles: ['member'] });
    host.signIn = () => ({ userId: 'mia', organization: 'north' });
    const tokens = await rp.signIn({ scope: 'openid profile email', prompt: 'login' });
    const userinfo = (await (await rp.userinfo(tokens.access_token)).json()) as object;
    const seen = Object.keys({ ...claimsIn(tokens.id_token), ...userinfo });
    expect(seen).toEqual(expect.arrayContaining([...values('claims_supported')]));
    expect(values('claim_types_supported')).toEqual(['normal']);
    expect(document['claims_parameter_supported']).toBe(true);
    tried.add('claims_parameter_supported');
    const claims = JSON.stringify({ id_token: { email: null } });
    expect(claimsIn((await rp.signIn({ claims })).id_token)).toMatchObject({ email: 'mia@example.com' });
    expect(values('subject_types_supported')).toEqual(['public']);
    expect(claimsIn((await new Rp(host, 'web1', 'other').signIn()).id_token)['sub']).toBe('mia');
  });

  it('every level', async () => {
    for (const acr of values('acr_values_supported')) {
      host.signIn = () => ({ userId: 'mia', acr });
      const { id_token: token } = await new Rp(host, 'web1', 'mail').signIn({ acr_values: acr });
      expect(claimsIn(token)['acr']).toBe(acr);
    }
    host.signIn = () => ({ userId: 'mia' });
  });

  it('every algorithm of DPoP proofs', async () => {
    for (const alg of values('dpop_signing_alg_values_supported')) {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      const iat = Math.floor(host.clock.now().getTime() / 1000);
      const dpop = await new SignJWT({ htm: 'POST', htu: said('token_endpoint'), jti: randomUUID(), iat })
        .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: await exportJWK(publicKey) })
        .sign(privateKey);
      const answer = await post(said('token_endpoint'), await codeForm(rp), { ...basic('mail'), dpop });
      expect([alg, ((await answer.json()) as { token_type: string }).token_type]).toEqual([alg, 'DPoP']);
    }
  });

  it('introspection and revocation', async () => {
    const { access_token: token } = await rp.signIn();
    const ask = async () =>
      (await (await post(said('introspection_endpoint'), { token }, basic('mail'))).json()) as { active: boolean };
    expect((await ask()).active).toBe(true);
    expect((await post(said('revocation_endpoint'), { token }, basic('mail'))).status).toBe(200);
    expect((await ask()).active).toBe(false);
  });

  it('and nothing else is advertised', () => {
    // Back-channel logout calls a portal: its own tests do that.
    const elsewhere = ['backchannel_logout_supported', 'backchannel_logout_session_supported'];
    expect(Object.keys(document).filter((name) => !tried.has(name) && !elsewhere.includes(name))).toEqual([]);
  });
});
