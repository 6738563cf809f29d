import * as client from 'openid-client';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody } from './people.ts';
import { aPortal, type Begun, type TestPortal } from './portal.ts';

describe('signing out', () => {
  let app: RunningApp;
  let portal: TestPortal;
  let person: Somebody;
  beforeAll(async () => {
    app = await runApp();
    portal = await aPortal(app);
    person = await somebody(app);
  });
  afterAll(() => app.close());

  async function ask(browser: Visitor, wishes?: Record<string, string>): Promise<Begun> {
    const begun = await portal.begin(wishes);
    await browser.visit(begun.address);
    return begun;
  }

  async function signedIn() {
    const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
    const begun = await ask(browser);
    await givePassword(browser, person);
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    const tokens = await portal.finish(begun, browser.page.location);
    return { browser, idToken: tokens.id_token ?? '' };
  }

  const home = () => `${app.demoOrigin}/web1-mail`;
  const signOutAddress = (parameters: Record<string, string>) => client.buildEndSessionUrl(portal.config, parameters);
  const isSignedIn = async (browser: Visitor) => {
    await ask(browser, { prompt: 'none' });
    return portal.answer(browser).has('code');
  };

  it('asks first: opening the address, as an image or a link could, ends nothing', async () => {
    const { browser, idToken } = await signedIn();
    await browser.visit(signOutAddress({ id_token_hint: idToken, post_logout_redirect_uri: home() }));
    expect(browser.page.step).toBe('sign-out');
    expect(browser.page.text).toContain(person.user.name);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('ends the session when confirmed, and leads back to the portal with its state', async () => {
    const { browser, idToken } = await signedIn();
    await browser.visit(signOutAddress({ id_token_hint: idToken, post_logout_redirect_uri: home(), state: 'st-1' }));
    await browser.submit(/sign out/i);
    expect(browser.page.location?.href).toBe(`${home()}?state=st-1`);
    expect(await isSignedIn(browser)).toBe(false);
  });

  it('a form that another site sends signs nobody out', async () => {
    const { browser, idToken } = await signedIn();
    await browser.visit(signOutAddress({ id_token_hint: idToken }));
    const [form] = browser.page.forms.filter((each) => each.isInMain);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const xsrf of ['', 'xsrf=', 'xsrf=guess', 'xsrf=guess&logout=yes', 'logout=yes']) {
      const answer = await browser.request(form?.action ?? '', {
        method: 'POST',
        headers,
        body: xsrf,
        from: browser.page.url,
      });
      expect({ xsrf, refused: answer.status >= 400 && answer.status < 500 }).toEqual({ xsrf, refused: true });
    }
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('without an address to return to there is a page of ours that says it is done', async () => {
    const { browser, idToken } = await signedIn();
    await browser.visit(signOutAddress({ id_token_hint: idToken }));
    await browser.submit(/sign out/i);
    expect(browser.page.step).toBe('signed-out');
    expect(browser.page.status).toBe(200);
    expect(await isSignedIn(browser)).toBe(false);
  });

  const nearMisses: readonly (readonly [string, (home: string) => string])[] = [
    ['a slash more', (uri) => `${uri}/`],
    ['a query', (uri) => `${uri}?x=1`],
    ['a fragment', (uri) => `${uri}#x`],
    ['another path below', (uri) => `${uri}/evil`],
    ['another case', (uri) => uri.replace('web1-mail', 'Web1-Mail')],
    ['another host', (uri) => uri.replace('localhost', 'localhost.evil.example')],
    ['a user in front', (uri) => uri.replace('http://', 'http://evil@')],
    ['another port', (uri) => uri.replace(/:\d+/, ':1')],
    ['dots', (uri) => uri.replace('/web1-mail', '/x/../web1-mail')],
    ['https', (uri) => uri.replace('http:', 'https:')],
    ['no address at all', () => 'javascript:alert(1)'],
  ];

  it.each(nearMisses)(
    'A7: post_logout_redirect_uri must be the registered one exactly: %s is refused',
    async (_, spoil) => {
      const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
      const address = signOutAddress({ client_id: 'web1-mail', post_logout_redirect_uri: spoil(home()) });
      await browser.visit(address);
      expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'error', status: 400 });
      expect(browser.page.location).toBeUndefined();
    },
  );

  it('signed out at the demo portal is signed out here: prompt=none says login_required', async () => {
    const browser = aBrowser(app);
    await browser.visit(`${home()}/sign-in`);
    await givePassword(browser, person);
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    await browser.submit(/sign out/i);
    expect(browser.page.step).toBe('sign-out');
    await browser.submit(/sign out/i);
    expect(browser.page.url.href.startsWith(home())).toBe(true);
    await browser.visit(`${home()}/sign-in?prompt=none`);
    expect(browser.page.text).toContain('login_required');
  });

  it('who changes their mind stays signed in', async () => {
    const { browser, idToken } = await signedIn();
    await browser.visit(signOutAddress({ id_token_hint: idToken, post_logout_redirect_uri: home() }));
    await browser.submit(/stay|cancel|no\b/i);
    expect(await isSignedIn(browser)).toBe(true);
  });
});
