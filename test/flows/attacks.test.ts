import { request } from 'node:http';
import * as client from 'openid-client';
import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, type Somebody, somebody, told, toPassword } from './people.ts';
import { aPortal, type Begun, type TestPortal } from './portal.ts';

/** What was found by attacking the product as it stood. */
describe('an attacker', () => {
  let app: RunningApp;
  let portal: TestPortal;
  beforeAll(async () => {
    app = await runApp();
    portal = await aPortal(app);
  });
  afterAll(() => app.close());

  const aPortalsBrowser = () => aBrowser(app, { stopAt: [app.demoOrigin] });

  async function toTheCode(begun: Begun, person: Somebody) {
    const browser = aPortalsBrowser();
    await browser.visit(begun.address);
    await givePassword(browser, person);
    app.clock.advance(30_000);
    browser.fill({ code: app.code(person.secret) });
    return browser;
  }

  describe('fault 46: who completed a sign-in and keeps its last redirect', () => {
    const actor = { kind: 'operator' } as const;
    it.each<[string, (person: Somebody) => Promise<unknown>]>([
      [
        'the password was changed',
        ({ user }) => app.app.people.setPassword(user, 'another harbour altogether', { minLength: 15 }),
      ],
      [
        'the person was disabled and enabled again',
        async ({ user }) => {
          await app.app.people.disable('web1', user.id, actor);
          await app.app.people.enable('web1', user.id, actor);
        },
      ],
    ])('gets nothing for it after %s', async (_, change) => {
      const person = await somebody(app);
      const browser = await toTheCode(await portal.begin(), person);
      await browser.submitOnce();
      expect(browser.page.location?.pathname).toMatch(/\/auth\//);
      app.clock.advance(5_000);
      await change(person);
      app.clock.advance(5_000);
      await browser.visit(browser.page.location ?? '');
      expect(browser.page.step).toBe('password');
      await browser.visit((await portal.begin({ prompt: 'none' })).address);
      expect(portal.answer(browser).get('error')).toBe('login_required');
    });
  });

  it('fault 46: who disabled somebody ended every session of theirs, of that very millisecond as well', async () => {
    const person = await somebody(app);
    const begun = await portal.begin();
    const browser = await toTheCode(begun, person);
    await browser.submit();
    const tokens = await portal.finish(begun, browser.page.location);
    await app.app.people.disable('web1', person.user.id, { kind: 'operator' });
    await app.app.people.enable('web1', person.user.id, { kind: 'operator' });
    await expect(client.refreshTokenGrant(portal.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await browser.visit((await portal.begin({ prompt: 'none' })).address);
    expect(portal.answer(browser).get('error')).toBe('login_required');
    await browser.visit((await portal.begin()).address);
    await givePassword(browser, person);
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    expect(portal.answer(browser).has('code')).toBe(true);
  });

  it('fault 24: whose second factor is locked gets nothing from a refresh token or an access token', async () => {
    const person = await somebody(app);
    const begun = await portal.begin();
    const browser = await toTheCode(begun, person);
    await browser.submit();
    const tokens = await portal.finish(begun, browser.page.location);
    await app.app.people.update('web1', person.user.id, (user) => ({
      ...user,
      secondFactorLockedAt: app.clock.now(),
    }));
    await expect(client.refreshTokenGrant(portal.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(client.fetchUserInfo(portal.config, tokens.access_token, person.user.id)).rejects.toThrow();
    await browser.visit((await portal.begin({ prompt: 'none' })).address);
    expect(portal.answer(browser).get('error')).toBe('login_required');
  });

  describe('who writes the authorization request', () => {
    const consent = async (wishes: Readonly<Record<string, string>>) => {
      const notes = await aPortal(app, 'plain-notes');
      const person = await somebody(app, 'plain', { hasApp: false });
      const browser = aPortalsBrowser();
      const begun = await notes.begin(wishes);
      await browser.visit(begun.address);
      await givePassword(browser, person);
      return { notes, begun, person, browser };
    };
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, number) => [`claim${number}`, null]));

    it.each([
      ['150 claims that nobody has', { claims: JSON.stringify({ userinfo: { email: null, ...many } }) }],
      [
        'a claim with an endless name',
        { claims: JSON.stringify({ userinfo: { email: null, ['x'.repeat(2000)]: null } }) },
      ],
      ['a scope that nobody has', { scope: 'openid email nonsense' }],
    ])('cannot keep consent out of the audit log with %s', async (_, wishes) => {
      const { notes, begun, person, browser } = await consent({ scope: 'openid email', ...wishes });
      expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'consent', status: 200 });
      await browser.submit('/consent');
      expect(notes.answer(browser).get('code')).not.toBeNull();
      const [given] = await told(app, 'plain', { type: 'consent.given', subject: person.user.id });
      expect(given?.details?.['scopes']).toEqual(['openid', 'email']);
      await notes.finish(begun, browser.page.location);
    });

    it('cannot get a claim that the consent page does not name', async () => {
      const { browser } = await consent({
        scope: 'openid',
        claims: JSON.stringify({ id_token: { email: null }, userinfo: { name: null } }),
      });
      expect(browser.page.step).toBe('consent');
      expect(browser.page.text).toMatch(/email/i);
      expect(browser.page.text).toMatch(/profile|name/i);
    });
  });

  it('A4: a form left open in another tab answers nothing for whoever signs in after', async () => {
    const notes = await aPortal(app, 'plain-notes');
    const [mine, theirs] = [
      await somebody(app, 'plain', { hasApp: false }),
      await somebody(app, 'plain', { hasApp: false }),
    ];
    const left = aPortalsBrowser();
    await left.visit((await notes.begin()).address);
    await givePassword(left, mine);
    expect(left.page.step).toBe('consent');
    const tab = left.tab();
    await tab.visit(left.page.url.href.replace('/consent', '/restart'));
    await givePassword(tab, theirs);
    expect(tab.page.step).toBe('consent');

    await left.submit('/consent');
    expect({ step: left.page.step, sentTo: left.page.location }).toEqual({ step: 'consent', sentTo: undefined });
    expect(await told(app, 'plain', { type: 'consent.given', subject: theirs.user.id })).toEqual([]);
    await left.submit('/consent');
    expect(notes.answer(left).has('code')).toBe(true);
  });

  describe('who plants the cookie of their own sign-in in another browser', () => {
    /** A neighbouring host may set it: it is bound to a path, so it cannot be `__Host-`. */
    async function plant(cookies: RegExp) {
      const attacker = aPortalsBrowser();
      await attacker.visit((await portal.begin()).address);
      const { url } = attacker.page;
      const victim = aPortalsBrowser();
      for (const { name, value, path } of attacker.cookies.all()) {
        if (cookies.test(name)) victim.cookies.store(`${name}=${value}; Path=${path}`, url);
      }
      await victim.visit(url);
      expect(victim.page.step).toBe('password');
      return { attacker, victim, dispatcher: url.href.replace('/password', '') };
    }

    it('goes no further once somebody gave their password there', async () => {
      const person = await somebody(app);
      const { attacker, victim, dispatcher } = await plant(/-sign-in|-resume/);
      await givePassword(victim, person);
      expect(victim.page.step).toBe('challenge');
      for (const step of ['', '/challenge', '/restart', '/enrol/totp']) {
        await attacker.visit(`${dispatcher}${step}`);
        expect({ step, shown: attacker.page.step }).toEqual({ step, shown: 'cookies-off' });
      }
      app.clock.advance(30_000);
      await victim.fill({ code: app.code(person.secret) }).submitOnce();
      await attacker.visit(dispatcher);
      expect(attacker.page.step).toBe('cookies-off');
      await victim.step();
      expect(victim.page.location?.searchParams.has('code')).toBe(true);
    });

    it('cannot resume the request either, in their own browser', async () => {
      const person = await somebody(app);
      const { attacker, victim, dispatcher } = await plant(/-sign-in/);
      await givePassword(victim, person);
      app.clock.advance(30_000);
      await victim.fill({ code: app.code(person.secret) }).submitOnce();
      expect(victim.page.location?.pathname).toMatch(/\/auth\//);
      await attacker.visit(dispatcher.replace('/sign-in/', '/auth/'));
      expect({ status: attacker.page.status, sentTo: attacker.page.location }).toEqual({
        status: 403,
        sentTo: undefined,
      });
      await attacker.visit((await portal.begin({ prompt: 'none' })).address);
      expect(portal.answer(attacker).get('error')).toBe('login_required');
    });
  });

  it.each(['//evil.example/x', '///evil.example/x', '/\\evil.example/x'])(
    'finds no page of ours with a link to elsewhere at %s',
    async (path) => {
      const body = await new Promise<string>((resolve, reject) => {
        const { port, host } = new URL(app.origin);
        request({ host: '127.0.0.1', port, path, headers: { host, accept: 'text/html' } }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => resolve(Buffer.concat(chunks).toString()));
        })
          .on('error', reject)
          .end();
      });
      const links = [...body.matchAll(/(?:href|action)="([^"]*)"/g)].map(([, link = '']) => new URL(link, app.origin));
      expect(links.map((link) => link.href)).toContainEqual(expect.stringContaining('evil.example'));
      for (const link of links) expect(link.hostname).not.toMatch(/evil/);
    },
  );

  it('A2: cannot tell by waits that a user name and an email address are the same person’s', async () => {
    const guess = async (identifier: string) => {
      const browser = await toPassword(app, aBrowser(app));
      await browser.fill({ identifier, password: 'not the right one' }).submit();
      return browser.page.alerts.join();
    };
    const answers = async (username: string, email: string) => {
      for (let guesses = 0; guesses < 5; guesses += 1) await guess(username);
      return [await guess(email), await guess(username)];
    };
    const person = await somebody(app);
    const [known, nobody] = [
      await answers(person.username, person.user.email ?? ''),
      await answers('nobody-at-all', 'nobody-at-all@web1.example'),
    ];
    expect(known).toEqual(nobody);
    expect(nobody[1]).toMatch(/wait/i);
  });
});
