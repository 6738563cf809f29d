import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

interface Discovery extends Readonly<Record<string, unknown>> {
  readonly scopes_supported: readonly string[];
}

describe('discovery', () => {
  let host: Host;
  let rp: Rp;
  let document: Discovery;
  beforeAll(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aPortal('web1', 'mail'), aUser('web1', 'mia'));
    rp = new Rp(host, 'web1', 'mail');
    const answer = await fetch(`${rp.issuer}/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example' },
    });
    document = (await answer.json()) as Discovery;
  });
  afterAll(() => host.stop());

  it('says what is supported and nothing else', () => {
    expect(document).toEqual({
      issuer: rp.issuer,
      authorization_endpoint: `${rp.issuer}/auth`,
      token_endpoint: `${rp.issuer}/token`,
      userinfo_endpoint: `${rp.issuer}/me`,
      jwks_uri: `${rp.issuer}/jwks`,
      end_session_endpoint: `${rp.issuer}/session/end`,
      pushed_authorization_request_endpoint: `${rp.issuer}/request`,
      introspection_endpoint: `${rp.issuer}/token/introspection`,
      revocation_endpoint: `${rp.issuer}/token/revocation`,
      dpop_signing_alg_values_supported: ['ES256', 'Ed25519', 'EdDSA'],
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      acr_values_supported: ['single', 'mfa', 'phr'],
      claims_parameter_supported: true,
      claims_supported: expect.arrayContaining(['sub', 'acr', 'amr', 'auth_time', 'name', 'email']),
      claim_types_supported: ['normal'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      response_modes_supported: ['form_post', 'fragment', 'query'],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      subject_types_supported: ['public'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      authorization_response_iss_parameter_supported: true,
      request_uri_parameter_supported: false,
    });
  });

  it('fault 15: names addresses of the configured issuer whatever host the request names', () => {
    for (const [name, value] of Object.entries(document))
      if (/_endpoint$|_uri$|^issuer$/.test(name)) expect(String(value)).toMatch(new RegExp(`^${rp.issuer}`));
  });

  it('R6, fault 21: every endpoint it names answers, and every other one of the provider is not there', async () => {
    for (const [name, value] of Object.entries(document)) {
      if (!/_endpoint$|^jwks_uri$/.test(name)) continue;
      const method = /^(token|pushed|introspection|revocation)/.test(name) ? 'POST' : 'GET';
      expect([name, (await fetch(String(value), { method, redirect: 'manual' })).status]).not.toEqual([name, 404]);
    }
    for (const path of ['/reg', '/device', '/device/auth', '/backchannel', '/challenge'])
      for (const method of ['GET', 'POST'])
        expect([path, (await fetch(`${rp.issuer}${path}`, { method })).status]).toEqual([path, 404]);
    expect((await fetch(`${rp.issuer}/interaction/abc`)).status).toBe(404);
  });

  it('publishes no private part of a key', async () => {
    const { keys } = (await (await fetch(`${rp.issuer}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256', 'EdDSA']);
    for (const key of keys)
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(part);
  });

  it.each([
    ['request', 'eyJhbGciOiJub25lIn0.e30.', 'request_not_supported'],
    ['request_uri', 'https://portal.test/request', 'request_uri_not_supported'],
    ['registration', '{}', 'registration_not_supported'],
  ])('refuses the parameter %s by name', async (name, value, error) => {
    expect((await rp.authorize({ [name]: value })).get('error')).toBe(error);
  });
});
