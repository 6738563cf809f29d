import type { Visitor } from '../support/visitor.ts';
import { type ProductionApp, runProduction } from './production.ts';

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('in production, behind a proxy that ends TLS', () => {
  let running: ProductionApp;
  const password = 'nineteen quiet harbours';
  beforeAll(async () => {
    running = await runProduction();
    const made = await running.app.people.create({ realm: 'shop', name: 'Pru Duction', username: 'pru', password });
    expect(made.ok).toBe(true);
  });
  afterAll(() => running.close());

  async function begin(visitor: Visitor): Promise<void> {
    const query = new URLSearchParams({
      client_id: 'till',
      response_type: 'code',
      redirect_uri: running.redirectUri,
      scope: 'openid',
      state: 'st-1',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    await visitor.visit(`${running.issuer}/auth?${query.toString()}`);
    expect(visitor.page.step).toBe('password');
  }

  it('S3: session cookies are __Host-, those of one sign-in __Secure-, all Secure, HttpOnly and SameSite=Lax', async () => {
    const visitor = running.visitor();
    await begin(visitor);
    const before = visitor.cookies.all();
    const bound = before.filter(({ name }) => /shop-(sign-in|resume)/.test(name));
    expect(bound.length).toBeGreaterThanOrEqual(2);
    for (const { name, path } of bound) {
      expect(name).toMatch(/^__Secure-/);
      expect(path).toMatch(/^\/realms\/shop\/(sign-in|auth)\/[\w-]+$/);
    }
    await visitor.fill({ identifier: 'pru', password }).submit();
    expect(visitor.page.location?.searchParams.get('state')).toBe('st-1');
    const after = visitor.cookies.all();
    const names = after.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['__Host-shop-session', '__Host-gatehouse.forms.shop']));
    for (const cookie of [...before, ...after]) {
      expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax', hostOnly: true });
      expect(cookie.name).toMatch(/^__(Host|Secure)-/);
      if (cookie.name.startsWith('__Host-')) expect(cookie.path).toBe('/');
    }
  });

  it('tells browsers to stay with https, and posts to itself and the portal only', async () => {
    const visitor = running.visitor();
    await begin(visitor);
    const { headers } = visitor.page;
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    expect(headers['content-security-policy']).toContain("form-action 'self' https://till.example.test;");
  });

  it('names itself by its configured origin, whatever the proxy or a client says', async () => {
    const visitor = running.visitor({
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      host: 'evil.example',
    });
    const { body } = await visitor.request(`${running.issuer}/.well-known/openid-configuration`);
    const discovery = JSON.parse(body) as Record<string, unknown>;
    expect(discovery['issuer']).toBe(running.issuer);
    expect(body).not.toContain('evil.example');
    expect(body).not.toContain('http://');
  });

  it.each(['/dev/outbox', '/dev/outbox.json', '/dev/authenticator', '/dev'])('has no %s', async (path) => {
    const answer = await running.visitor().request(`${running.origin}${path}`);
    expect(answer.status).toBe(404);
  });

  it('A7: offers neither implicit nor password grants, and PKCE by S256 alone', async () => {
    const { body } = await running.visitor().request(`${running.issuer}/.well-known/openid-configuration`);
    const discovery = JSON.parse(body) as Record<string, unknown>;
    expect(discovery['response_types_supported']).toEqual(['code']);
    expect(discovery['code_challenge_methods_supported']).toEqual(['S256']);
    expect(discovery['grant_types_supported']).not.toContain('implicit');
    expect(discovery['grant_types_supported']).not.toContain('password');
  });
});
