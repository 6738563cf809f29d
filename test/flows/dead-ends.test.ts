import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, signInOf, somebody, toChallenge, told, toPassword } from './people.ts';

const minutes = 60_000;

describe('a sign-in that does not go as planned', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  /** The page says what to do, and leads back to the portal. */
  function expectWayBack({ page }: Visitor, step: string, status: number): void {
    expect({ step: page.step, status: page.status }).toEqual({ step, status });
    expect(page.text.length).toBeGreaterThan(40);
    const ways = page.all('main a[href]').map((link) => link.getAttribute('href'));
    expect(ways).toContain(`${app.demoOrigin}/web1-mail`);
  }

  it('the back button leads to the page that is next, and the form there can be sent again', async () => {
    const person = await somebody(app);
    const browser = await toChallenge(app, aBrowser(app), person);
    const challenge = browser.page.url;
    await browser.visit(challenge.href.replace('/challenge', '/password'));
    expect(browser.page.url.href).toBe(challenge.href);
    await browser.reload();
    expect(browser.page.step).toBe('challenge');
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    expect(browser.page.url.origin).toBe(app.demoOrigin);
  });

  it('a finished attempt says so, whichever of its pages is opened, and nothing happens twice', async () => {
    const person = await somebody(app);
    const browser = await toChallenge(app, aBrowser(app), person);
    const { url } = browser.page;
    const uid = signInOf(browser);
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    for (const step of ['', '/password', '/challenge', '/consent', '/enrol/totp', '/cancel']) {
      await browser.visit(url.href.replace('/challenge', step));
      expectWayBack(browser, 'finished', 200);
    }
    expect(await told(app, 'web1', { type: 'sign_in.completed', signIn: uid })).toHaveLength(1);
  });

  it('forms sent twice at once end at the portal both times', async () => {
    const person = await somebody(app);
    const browser = await toPassword(app, aBrowser(app, { stopAt: [app.demoOrigin] }).tab());
    const uid = signInOf(browser);
    const passwords = await browser.submitTogether(
      [1, 2].map(() => ({ identifier: person.username, password: person.password })),
    );
    expect(passwords.map((page) => page.step)).toEqual(['challenge', 'challenge']);
    await browser.reload();
    app.clock.advance(30_000);
    const codes = await browser.submitTogether([1, 2].map(() => ({ code: app.code(person.secret) })));
    expect(codes.map((page) => page.status)).not.toContain(500);
    expect(codes.some((page) => page.location?.searchParams.has('code'))).toBe(true);
    for (const page of codes) expect(page.location?.href ?? page.step).toMatch(/callback|finished/);
    expect(await told(app, 'web1', { type: 'sign_in.completed', signIn: uid })).toHaveLength(1);
  });

  it('two tabs do not disturb each other: both come back to the portal', async () => {
    const person = await somebody(app);
    const first = await toPassword(app, aBrowser(app));
    const second = await toPassword(app, first.tab());
    expect(signInOf(second)).not.toBe(signInOf(first));
    await givePassword(first, person);
    app.clock.advance(30_000);
    await first.fill({ code: app.code(person.secret) }).submit();
    expect(first.page.url.origin).toBe(app.demoOrigin);
    await givePassword(second, person);
    expect(second.page.step).toBe('challenge');
    app.clock.advance(30_000);
    await second.fill({ code: app.code(person.secret) }).submit();
    expect(second.page.url.origin).toBe(app.demoOrigin);
    expect(second.page.text).toContain(person.user.email);
  });

  it('*Not you?* begins the same sign-in anew for somebody else, and forgets what was proven', async () => {
    const [first, second] = [await somebody(app), await somebody(app)];
    const browser = await toChallenge(app, aBrowser(app), first);
    const uid = signInOf(browser);
    await browser.click(/not you/i);
    expect(browser.page.step).toBe('password');
    expect(browser.page.attribute('[name=identifier]', 'value')).toBe('');
    await browser.visit(browser.page.url.href.replace('/password', '/challenge'));
    expect(browser.page.step).toBe('password');
    await givePassword(browser, second);
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(second.secret) }).submit();
    expect(browser.page.text).toContain(second.user.email);
    const [completed] = await told(app, 'web1', { type: 'sign_in.completed', signIn: uid });
    expect(completed?.subject).toBe(second.user.id);
  });

  it.each([
    ['a page', '/password'],
    ['the dispatcher', ''],
    ['a page of another step', '/challenge'],
  ])('after half an hour %s says that the time is over', async (_, step) => {
    const browser = await toPassword(app, aBrowser(app));
    const uid = signInOf(browser);
    app.clock.advance(31 * minutes);
    await browser.visit(browser.page.url.href.replace('/password', step));
    expectWayBack(browser, 'expired', 410);
    const [ended] = await told(app, 'web1', { type: 'sign_in.ended', signIn: uid });
    expect(ended?.details).toEqual({ because: 'expired' });
  });

  it('after half an hour a form is not judged, right as its password may be', async () => {
    const person = await somebody(app);
    const browser = await toPassword(app, aBrowser(app));
    app.clock.advance(31 * minutes);
    await givePassword(browser, person);
    expectWayBack(browser, 'expired', 410);
    await browser.click(/portal|back|web1/i);
    await browser.click(/^sign in$/i);
    expect(browser.page.step).toBe('password');
  });

  it('a browser that keeps no cookies is told so, and how to go on', async () => {
    const browser = aBrowser(app);
    const bare = { isBare: true, headers: { accept: 'text/html' } } as const;
    const begin = await aBrowser(app, { stopAt: [app.origin] }).visit(`${app.demoOrigin}/web1-mail/sign-in`);
    const authorize = await browser.request(begin.location ?? '', bare);
    expect(authorize.status).toBe(303);
    const page = await browser.request(authorize.location ?? '', bare);
    expect(page.status).toBe(400);
    expect(page.body).toContain('data-step="cookies-off"');
    expect(page.body).toMatch(/cookies/i);
    expect(page.body).toContain(`href="${app.demoOrigin}/web1-mail"`);
  });

  it('a form posted without any cookie is not judged', async () => {
    const person = await somebody(app);
    const browser = await toPassword(app, aBrowser(app));
    const csrf = browser.page.attribute('[name=csrf]', 'value') ?? '';
    const body = new URLSearchParams({ csrf, identifier: person.username, password: person.password }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };
    const answer = await browser.request(browser.page.url, { method: 'POST', body, headers, isBare: true });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('data-step="cookies-off"');
    await browser.reload();
    expect(browser.page.step).toBe('password');
  });

  it('opened in another browser, the address of a sign-in gives nothing away and changes nothing', async () => {
    const person = await somebody(app);
    const mine = await toChallenge(app, aBrowser(app), person);
    const other = await toPassword(app, aBrowser(app));
    const token = other.page.attribute('[name=csrf]', 'value') ?? '';
    for (const step of ['', '/password', '/challenge', '/enrol/totp']) {
      await other.visit(mine.page.url.href.replace('/challenge', step));
      expectWayBack(other, 'cookies-off', 400);
      expect(other.page.text).not.toContain(person.username);
    }
    app.clock.advance(30_000);
    const body = new URLSearchParams({ csrf: token, code: app.code(person.secret) }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const step of ['/challenge', '/cancel', '/restart']) {
      const url = mine.page.url.href.replace('/challenge', step);
      const answer = await other.request(url, { method: 'POST', body, headers, from: other.page.url });
      expect({ step, status: answer.status }).toEqual({ step, status: 400 });
    }
    await mine.fill({ code: app.code(person.secret) }).submit();
    expect(mine.page.url.origin).toBe(app.demoOrigin);
  });

  it.each([
    ['another uid', (value: string) => `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`],
    ['nothing', () => ''],
    ['something else', () => '%00"><script>'],
    ['very much', () => 'x'.repeat(3000)],
  ])('a sign-in cookie with %s in it, or a broken signature, opens nothing', async (_, broken) => {
    const person = await somebody(app);
    for (const suffix of ['', '.sig']) {
      const browser = await toChallenge(app, aBrowser(app), person);
      const name = `web1-sign-in${suffix}`;
      const { url } = browser.page;
      const cookie = browser.cookies.all().find((each) => each.name === name);
      browser.cookies.store(`${name}=${broken(cookie?.value ?? '')}; Path=${cookie?.path ?? '/'}`, url);
      await browser.visit(url);
      expect({ suffix, step: browser.page.step, status: browser.page.status }).toEqual({
        suffix,
        step: 'cookies-off',
        status: 400,
      });
    }
  });

  it('fault 35: steps that are posted before their time lead to the one that is next, and prove nothing', async () => {
    const person = await somebody(app);
    const browser = await toPassword(app, aBrowser(app));
    const { url } = browser.page;
    const csrf = browser.page.attribute('[name=csrf]', 'value') ?? '';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const steps = [
      '/challenge',
      '/challenge/method',
      '/enrol/totp',
      '/protect-account',
      '/postpone',
      '/consent',
      '/new-password',
    ];
    const fields = {
      code: app.code(person.secret),
      identifier: person.username,
      user: person.user.id,
      new_password: 'a very long new password',
      confirm_password: 'a very long new password',
    };
    for (const step of steps) {
      const body = new URLSearchParams({ csrf, ...fields }).toString();
      const answer = await browser.request(url.href.replace('/password', step), {
        method: 'POST',
        headers,
        body,
        from: url,
      });
      expect({ step, status: answer.status }).toEqual({ step, status: 303 });
      expect(answer.location?.pathname).toBe(url.pathname.replace('/password', ''));
    }
    const missing = await browser.request(url.href.replace('/password', '/done'), {
      method: 'POST',
      headers,
      body: `csrf=${csrf}`,
      from: url,
    });
    expect(missing.status).toBe(404);
    await browser.visit(url.href.replace('/password', ''));
    expect(browser.page.step).toBe('password');
    expect(await told(app, 'web1', { signIn: signInOf(browser) })).toEqual([]);
  });

  it.each(['fault 28', 'fault 29'])(
    '%s: who has an authenticator app cannot set up another while it is asked for',
    async () => {
      const person = await somebody(app);
      const browser = await toChallenge(app, aBrowser(app), person);
      const { url } = browser.page;
      await browser.visit(url.href.replace('/challenge', '/enrol/totp'));
      expect(browser.page.step).toBe('challenge');
      expect(browser.page.html).not.toContain('data-secret');
      const hidden = ['csrf', 'made_for'].map((name): [string, string] => [
        name,
        browser.page.attribute(`[name=${name}]`, 'value') ?? '',
      ]);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      for (const step of ['/enrol/totp', '/protect-account']) {
        const body = new URLSearchParams([...hidden, ['code', '123456']]).toString();
        const answer = await browser.request(url.href.replace('/challenge', step), {
          method: 'POST',
          headers,
          body,
          from: url,
        });
        expect(answer.location?.pathname).toBe(url.pathname.replace('/challenge', ''));
      }
      expect(await app.app.factors.methods.of('web1', person.user.id)).toHaveLength(1);
    },
  );
});
