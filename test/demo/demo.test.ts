import { createDemo, type DemoPortal } from '../../demo/index.ts';
import { Visitor } from '../support/visitor.ts';
import { aProvider, type Listening, listen } from './provider.ts';

const silent = { info: () => {}, warn: () => {} };

describe('demo portals', () => {
  let provider: Listening;
  let demo: Listening;

  beforeAll(async () => {
    provider = await listen();
    demo = await listen();
    provider.answer(aProvider(provider.origin, demo.origin).callback());
    const portal = (id: string): DemoPortal => ({
      id,
      name: `Portal ${id}`,
      realm: 'test',
      issuer: id === 'away' ? 'http://127.0.0.1:1' : provider.origin,
      clientId: id,
      clientSecret: `secret of ${id}`,
    });
    const portals = ['web1-mail', 'plain-notes', 'away'].map(portal);
    demo.answer(createDemo({ demoOrigin: demo.origin, portals, log: silent }).callback());
  });
  afterAll(async () => {
    await demo.close();
    await provider.close();
  });

  async function signIn(portal: string, person: string, visitor = new Visitor()): Promise<Visitor> {
    await visitor.visit(`${demo.origin}/${portal}`);
    await visitor.click('Sign in');
    await visitor.fill({ login: person, password: 'anything' }).submit();
    await visitor.submit();
    return visitor;
  }

  it('signs a person in and shows who they are, with ID token and userinfo in words', async () => {
    const { page } = await signIn('web1-mail', 'mia');
    expect(page.step).toBe('signed-in');
    expect(page.textOf('[data-who]')).toBe('<b>mia</b>');
    expect(page.textOf('[data-source="id-token"] [data-claim="sub"]')).toBe('mia');
    expect(page.textOf('[data-source="id-token"] [data-claim="auth_time"]')).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/,
    );
    expect(page.textOf('[data-source="userinfo"] [data-claim="email"]')).toBe('mia@example.test');
  });

  it('keeps portals apart: signed in at one is not signed in at the other', async () => {
    const visitor = await signIn('web1-mail', 'mia');
    expect((await visitor.visit(`${demo.origin}/plain-notes`)).step).toBe('front');
  });

  it('R5: asks for the sign-in that its API wants once, and says so when it does not get it', async () => {
    const visitor = await signIn('web1-mail', 'mia');
    const page = await visitor.click(/vault/i);
    expect([page.status, page.step]).toEqual([403, 'failure']);
    expect(page.text).toContain('insufficient_user_authentication');
    const asked = page.hops.map(({ url }) => new URL(String(url))).filter(({ pathname }) => pathname === '/auth');
    expect(asked.map(({ searchParams }) => [searchParams.get('acr_values'), searchParams.get('max_age')])).toEqual([
      ['mfa phr', '300'],
    ]);
  });

  it('refreshes tokens and says so', async () => {
    const visitor = await signIn('web1-mail', 'mia');
    await visitor.submit('Refresh tokens');
    await visitor.submit('Refresh tokens');
    expect(visitor.page.textOf('[data-refreshes]')).toBe('2');
  });

  it('signs out at the provider and comes back signed out', async () => {
    const visitor = await signIn('web1-mail', 'mia');
    await visitor.submit('Sign out');
    await visitor.submit(/Yes/);
    expect(visitor.page.url.pathname).toBe('/web1-mail');
    expect(visitor.page.textOf('[role="status"]')).toBe('You are signed out.');
    await visitor.visit(`${demo.origin}/web1-mail/sign-in?prompt=none`);
    expect(visitor.page.textOf('[data-error]')).toBe('login_required');
  });

  it('asks for the password again with prompt=login though there is a session', async () => {
    const visitor = await signIn('web1-mail', 'mia');
    await visitor.click('Sign in again');
    expect(visitor.page.url.origin).toBe(provider.origin);
    expect(visitor.page.html).toContain('name="password"');
  });

  it('makes a new session cookie at sign-in', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${demo.origin}/web1-mail`);
    await visitor.click('Sign in');
    const before = visitor.cookies.get('demo_web1-mail');
    await visitor.fill({ login: 'mia', password: 'anything' }).submit();
    await visitor.submit();
    expect(before).toBeDefined();
    expect(visitor.cookies.get('demo_web1-mail')).not.toBe(before);
  });

  it("refuses an answer to another browser's sign-in, and says what to do", async () => {
    const victim = new Visitor();
    await victim.visit(`${demo.origin}/web1-mail/sign-in`);
    const state = victim.page.hops[1]?.url.searchParams.get('state');
    const stranger = new Visitor();
    await stranger.visit(`${demo.origin}/web1-mail/callback?code=x&state=${state}`);
    expect(state).toBeTruthy();
    expect(stranger.page.status).toBe(400);
    expect(stranger.page.alerts[0]).toContain('Start again');
  });

  it('refuses a code that did not come from the provider', async () => {
    const visitor = new Visitor({ stopAt: [provider.origin] });
    await visitor.visit(`${demo.origin}/web1-mail/sign-in`);
    const state = visitor.page.location?.searchParams.get('state');
    await visitor.visit(
      `${demo.origin}/web1-mail/callback?code=made-up&state=${state}&iss=${encodeURIComponent(provider.origin)}`,
    );
    expect(visitor.page.textOf('[data-error]')).toBe('invalid_grant');
  });

  it('notices a session cookie that was changed', async () => {
    const visitor = await signIn('web1-mail', 'mia');
    const [id] = (visitor.cookies.get('demo_web1-mail') ?? '').split('.');
    const answer = await visitor.request(`${demo.origin}/web1-mail`, {
      isBare: true,
      headers: { cookie: `demo_web1-mail=${id}.forged` },
    });
    expect(answer.body).toContain('data-step="front"');
  });

  it('says that the provider does not answer, as a page', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${demo.origin}/away/sign-in`);
    expect(visitor.page.status).toBe(503);
    expect(visitor.page.alerts[0]).toContain('does not answer');
  });

  it('answers no other host name, so that no other site can point its name here', async () => {
    const answer = await new Visitor().request(`${demo.origin}/web1-mail`, { headers: { host: 'evil.example' } });
    expect(answer.status).toBe(421);
  });

  it('leads from another name of this machine to the one that the provider sends people back to', async () => {
    const { origin } = demo;
    const host = new URL(origin).hostname === 'localhost' ? '127.0.0.1' : 'localhost';
    const answer = await new Visitor().request(`${origin}/web1-mail/sign-in?a=b`, {
      headers: { host: `${host}:${new URL(origin).port}` },
    });
    expect(answer.location?.href).toBe(`${origin}/web1-mail/sign-in?a=b`);
  });

  it.each(['/', '/nothing', '/web1-mail/nothing', '/__proto__/sign-in'])('has nothing at %s', async (path) => {
    expect((await new Visitor().request(`${demo.origin}${path}`)).status).toBe(404);
  });
});
