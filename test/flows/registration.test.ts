import { type RunningApp, runApp } from '../support/app.ts';

describe('dynamic client registration', () => {
  let app: RunningApp;
  let issuer: string;
  beforeAll(async () => {
    app = await runApp();
    issuer = `${app.origin}/realms/plain`;
    const set = await app.app.realms.set('plain', 'registration.enabled', true, { kind: 'operator' });
    expect(set.ok).toBe(true);
  });
  afterAll(() => app.close());

  const issue = async (realm = 'plain', ttlS = 3_600) =>
    (await app.app.oidc.registrationTokens.issue(realm, ttlS, { kind: 'operator' })).token;
  async function register(token: string | undefined, metadata: unknown, realm = 'plain') {
    const response = await fetch(`${app.origin}/realms/${realm}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(metadata),
    });
    const text = await response.text();
    return { status: response.status, text, headers: response.headers };
  }
  const json = (text: string) => JSON.parse(text) as Record<string, unknown>;
  const client = { client_name: 'Notes', redirect_uris: ['https://notes.example.com/callback'] };

  it('makes a portal that works, with consent, for whoever has an initial access token', async () => {
    const made = await register(await issue(), { ...client, software_version: '1' });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const answer = json(made.text);
    expect(answer).toMatchObject({
      client_id: expect.any(String),
      client_secret: expect.any(String),
      client_secret_expires_at: 0,
      redirect_uris: client.redirect_uris,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile email',
    });
    expect(answer).not.toHaveProperty('software_version');
    const portal = await app.app.realms.portal('plain', String(answer['client_id']));
    expect(portal).toMatchObject({ asksConsent: true, kind: 'web', name: 'Notes' });
    const form = { client_id: String(answer['client_id']), client_secret: String(answer['client_secret']), token: 'x' };
    const asked = (body: Record<string, string>) =>
      fetch(`${issuer}/token/introspection`, { method: 'POST', body: new URLSearchParams(body) });
    expect((await asked(form)).status).toBe(200);
    expect((await asked({ ...form, client_secret: 'wrong' })).status).toBe(401);
  });

  it('a public client gets no secret, and must use the code with PKCE like any other', async () => {
    const metadata = { ...client, token_endpoint_auth_method: 'none', application_type: 'native' };
    const answer = json((await register(await issue(), metadata)).text);
    expect(answer).not.toHaveProperty('client_secret');
    expect(answer).toMatchObject({ token_endpoint_auth_method: 'none', application_type: 'native' });
  });

  it.each([
    ['nothing', async () => undefined],
    ['an invented token', async () => 'x'.repeat(43)],
    ['a token of another realm', async () => issue('web1')],
    ['a token that is over', async () => issue('plain', 0)],
  ])('refuses %s', async (_what, token) => {
    const answer = await register(await token(), client);
    expect([answer.status, json(answer.text)['error']]).toEqual([401, 'invalid_token']);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('of 50 registrations with one token one makes a portal', async () => {
    const token = await issue();
    const before = (await app.app.realms.portals('plain')).length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => register(token, client)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
    app.clock.advance(3_000);
    expect(await app.app.realms.portals('plain')).toHaveLength(before + 1);
  });

  it.each([
    [{ ...client, redirect_uris: ['http://notes.example.com/callback'] }, 'invalid_redirect_uri'],
    [{ ...client, redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    [{ ...client, response_types: ['token'] }, 'invalid_client_metadata'],
    [{ ...client, grant_types: ['password'] }, 'invalid_client_metadata'],
    [{ ...client, scope: 'openid everything' }, 'invalid_client_metadata'],
    [{ ...client, token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
    [{ ...client, token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [{ ...client, client_name: 'x'.repeat(81) }, 'invalid_client_metadata'],
    [[], 'invalid_client_metadata'],
    ['{', 'invalid_client_metadata'],
  ])('refuses %j, and the token can be used again', async (metadata, error) => {
    const token = await issue();
    const answer = await register(token, metadata);
    expect([answer.status, json(answer.text)['error']]).toEqual([400, error]);
    expect((await register(token, client)).status).toBe(201);
  });

  it('fault 21: is not there where it is off, whatever one has', async () => {
    expect((await register(await issue('web1'), client, 'web1')).status).toBe(404);
    const document = await (await fetch(`${app.origin}/realms/web1/.well-known/openid-configuration`)).json();
    expect(document).not.toHaveProperty('registration_endpoint');
    const on = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    expect(on).toHaveProperty('registration_endpoint', `${issuer}/reg`);
  });

  it('tells the audit log of tokens and portals, and no token', async () => {
    const token = await issue();
    await app.app.drain();
    const { items } = await app.app.audit.list('plain', { limit: 200 });
    const types = items.map(({ type }) => type);
    expect(types).toContain('registration_token.issued');
    expect(types).toContain('portal.created');
    expect(JSON.stringify(items)).not.toContain(token);
  });
});
