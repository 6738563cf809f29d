import { totpMethod } from '../../src/factors/index.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, told, wrongCode } from './people.ts';
import { aPortal, type Begun, type TestPortal } from './portal.ts';

const actor = { kind: 'operator' } as const;
const dayMs = 24 * 60 * 60_000;

describe('a remembered browser', () => {
  let app: RunningApp;
  let portal: TestPortal;
  beforeAll(async () => {
    app = await runApp();
    portal = await aPortal(app);
  });
  afterAll(() => app.close());
  beforeEach(() => set('policy.rememberBrowserDays', 30));

  async function set(name: string, value: unknown) {
    expect(await app.app.realms.set('web1', name, value, actor)).toMatchObject({ ok: true });
  }

  const aVisitor = () => aBrowser(app, { stopAt: [app.demoOrigin] });

  async function begin(browser: Visitor, wishes: Record<string, string> = {}): Promise<Begun> {
    const begun = await portal.begin(wishes);
    await browser.visit(begun.address);
    return begun;
  }

  async function giveCode(browser: Visitor, person: Somebody, more: Record<string, string> = {}) {
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret), ...more }).submit();
  }

  /** What the portal learns; fails where the browser was not sent back to it. */
  async function claims(browser: Visitor, begun: Begun) {
    portal.answer(browser);
    return (await portal.finish(begun, browser.page.location)).claims();
  }

  /** A browser in which the person ticked the box, with the session that came of it. */
  async function remembered(person: Somebody): Promise<Visitor> {
    const browser = aVisitor();
    const begun = await begin(browser);
    await givePassword(browser, person);
    await giveCode(browser, person, { remember_browser: 'yes' });
    expect(await claims(browser, begun)).toMatchObject({ acr: 'mfa' });
    return browser;
  }

  /** The same browser once it has no session any more. */
  function signedOut(browser: Visitor): Visitor {
    browser.cookies.forget(/-session/);
    return browser;
  }

  /** Where a password leads. */
  async function afterPassword(browser: Visitor, person: Somebody, wishes: Record<string, string> = {}) {
    const begun = await begin(signedOut(browser), wishes);
    await givePassword(browser, person);
    return { begun, asksForCode: browser.page.step === 'challenge', isIn: browser.page.step === undefined };
  }

  const knownCookie = (browser: Visitor) => browser.cookies.all().find(({ name }) => name.includes('gatehouse.known.'));

  it('is asked for the password alone, with acr single, and the audit log says why', async () => {
    const person = await somebody(app);
    const browser = await remembered(person);
    const { begun } = await afterPassword(browser, person);
    expect(await claims(browser, begun)).toMatchObject({ acr: 'single', amr: ['pwd'] });
    const events = await told(app, 'web1', { subject: person.user.id });
    expect(events.find(({ type }) => type === 'browser.remembered')?.details).toEqual({ days: 30 });
    const completed = events.filter(({ type }) => type === 'sign_in.completed').map(({ details }) => details);
    expect(completed.find((details) => details?.['acr'] === 'single')).toMatchObject({
      reasons: expect.arrayContaining(['rememberBrowserDays realm:web1 remembered_browser']),
    });
  });

  it('is offered where policy allows it, by a box that is not ticked, and not asked about elsewhere', async () => {
    const person = await somebody(app);
    const browser = aVisitor();
    await afterPassword(browser, person);
    expect(browser.page.text).toContain('Remember this browser for 30 days');
    expect(browser.page.attribute('[name=remember_browser]', 'checked')).toBeUndefined();
    await giveCode(browser, person);
    expect((await afterPassword(browser, person)).asksForCode).toBe(true);

    await set('policy.rememberBrowserDays', 0);
    await browser.reload();
    expect(browser.page.all('[name=remember_browser]')).toHaveLength(0);
  });

  it('is not remembered by a box that the page did not have', async () => {
    await set('policy.rememberBrowserDays', 0);
    const person = await somebody(app);
    const browser = aVisitor();
    await afterPassword(browser, person);
    app.clock.advance(30_000);
    await browser.submitTogether([{ code: app.code(person.secret), remember_browser: 'yes' }]);
    await set('policy.rememberBrowserDays', 30);
    expect(await app.app.signIn.admin.browsers('web1', person.user.id)).toHaveLength(1);
    expect((await afterPassword(browser, person)).asksForCode).toBe(true);
  });

  it('keeps the tick while a code is wrong', async () => {
    const person = await somebody(app);
    const browser = aVisitor();
    await afterPassword(browser, person);
    await browser.fill({ code: wrongCode(app, person), remember_browser: 'yes' }).submit();
    expect(browser.page.alerts).not.toEqual([]);
    expect(browser.page.attribute('[name=remember_browser]', 'checked')).toBeDefined();
    await giveCode(browser, person);
    expect((await afterPassword(browser, person)).isIn).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ['acr_values', { acr_values: 'mfa' }],
    ['an essential acr', { claims: '{"id_token":{"acr":{"essential":true,"value":"mfa"}}}' }],
  ])('does not answer %s of the portal', async (_words, wishes) => {
    const person = await somebody(app);
    const browser = await remembered(person);
    const { begun, asksForCode } = await afterPassword(browser, person, wishes);
    expect(asksForCode).toBe(true);
    await giveCode(browser, person);
    expect(await claims(browser, begun)).toMatchObject({ acr: 'mfa' });
  });

  it('does not answer the acr that the portal’s own rules want, and is not offered there', async () => {
    const person = await somebody(app);
    const browser = await remembered(person);
    await set('portals.web1-mail.policy.acr', 'mfa');
    try {
      expect((await afterPassword(browser, person)).asksForCode).toBe(true);
      expect(browser.page.all('[name=remember_browser]')).toHaveLength(0);
    } finally {
      await set('portals.web1-mail.policy.acr', 'single');
    }
  });

  it('lasts as many days as policy allows, from the sign-in in which the box was ticked', async () => {
    const person = await somebody(app);
    const browser = await remembered(person);
    app.clock.advance(15 * dayMs);
    expect((await afterPassword(browser, person)).isIn).toBe(true);
    app.clock.advance(15 * dayMs);
    expect((await afterPassword(browser, person)).asksForCode).toBe(true);
  });

  it('lasts no longer than was said, when policy allows more since, and ends when it allows less', async () => {
    const person = await somebody(app);
    const browser = await remembered(person);
    app.clock.advance(10 * dayMs);
    await set('policy.rememberBrowserDays', 7);
    expect((await afterPassword(browser, person)).asksForCode).toBe(true);
    await set('policy.rememberBrowserDays', 300);
    expect((await afterPassword(browser, person)).isIn).toBe(true);
    app.clock.advance(20 * dayMs);
    expect((await afterPassword(browser, person)).asksForCode).toBe(true);
  });

  it('keeps the session that came of it, until it is remembered no longer', async () => {
    const person = await somebody(app);
    const browser = await remembered(person);
    expect((await afterPassword(browser, person)).isIn).toBe(true);
    const silent = await begin(browser, { prompt: 'none' });
    expect(await claims(browser, silent)).toMatchObject({ acr: 'single' });
    await set('policy.rememberBrowserDays', 0);
    await begin(browser, { prompt: 'none' });
    expect(portal.answer(browser).get('error')).toBe('interaction_required');
    await begin(browser);
    expect(browser.page.step).toBe('challenge');
  });

  describe('fault 31: counts for nothing', () => {
    it('for another person, and with a secret that was made up', async () => {
      const [person, other] = [await somebody(app), await somebody(app)];
      const browser = await remembered(person);
      const { name, value } = knownCookie(browser)!;
      expect((await afterPassword(browser, other)).asksForCode).toBe(true);
      const [tag = '', secret = ''] = value.split('.');
      const forged = `${tag}.${'A'.repeat(secret.length)}`;
      const theirs = knownCookie(await remembered(other))!.value.split('.')[0] ?? '';
      for (const [whose, cookie] of [
        [person, forged],
        [other, value],
        [other, `${theirs}.${secret}`],
        [person, 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.'],
      ] as const) {
        const thief = aVisitor();
        thief.cookies.set(name, cookie, app.origin);
        expect((await afterPassword(thief, whose)).asksForCode).toBe(true);
      }
    });

    it('in another realm, under the same user name and password', async () => {
      const person = await somebody(app);
      const { value } = knownCookie(await remembered(person))!;
      const made = await somebody(app, 'plain');
      await app.app.realms.set('plain', 'policy.secondFactor', 'optional', actor);
      await app.app.realms.set('plain', 'policy.rememberBrowserDays', 30, actor);
      try {
        const thief = aVisitor();
        thief.cookies.set('gatehouse.known.plain', value, app.origin);
        await thief.visit((await (await aPortal(app, 'plain-notes')).begin()).address);
        await givePassword(thief, made);
        expect(thief.page.step).toBe('challenge');
      } finally {
        await app.app.realms.set('plain', 'policy.secondFactor', 'off', actor);
      }
    });

    it('while the clock is behind the sign-in in which it was asked for; after that, as promised', async () => {
      const person = await somebody(app);
      const browser = await remembered(person);
      app.clock.advance(-dayMs);
      expect((await afterPassword(browser, person)).asksForCode).toBe(true);
      app.clock.advance(dayMs);
      expect((await afterPassword(browser, person)).isIn).toBe(true);
    });

    it('once it was revoked, also when the clock is set back', async () => {
      const person = await somebody(app);
      const browser = await remembered(person);
      app.clock.advance(dayMs);
      const [listed] = await app.app.signIn.admin.browsers('web1', person.user.id);
      await app.app.signIn.browsers.revoke('web1', person.user.id, listed?.label ?? '', actor);
      app.clock.advance(-dayMs / 2);
      expect((await afterPassword(browser, person)).asksForCode).toBe(true);
    });

    it('for whoever takes over the sign-in in which somebody else ticked the box', async () => {
      const [person, other] = [await somebody(app), await somebody(app)];
      const browser = aVisitor();
      await afterPassword(browser, person);
      await browser.fill({ code: wrongCode(app, person), remember_browser: 'yes' }).submit();
      await browser.visit(browser.page.url.href.replace(/(sign-in\/[^/]+).*/, '$1/restart'));
      await givePassword(browser, other);
      expect(browser.page.attribute('[name=remember_browser]', 'checked')).toBeUndefined();
      await giveCode(browser, other);
      expect((await afterPassword(browser, other)).asksForCode).toBe(true);
    });

    it('after it was revoked, for the session that came of it too', async () => {
      const person = await somebody(app);
      const browser = await remembered(person);
      expect((await afterPassword(browser, person)).isIn).toBe(true);
      const [listed, ...more] = await app.app.signIn.admin.browsers('web1', person.user.id);
      expect([listed?.name, more]).toEqual(['Firefox on Linux', []]);
      const revoke = () => app.app.signIn.browsers.revoke('web1', person.user.id, listed?.label ?? '', actor);
      expect([await revoke(), await revoke()]).toEqual([true, false]);
      expect(await app.app.signIn.admin.browsers('web1', person.user.id)).toEqual([]);
      await begin(browser);
      expect(browser.page.step).toBe('challenge');
      expect((await afterPassword(browser, person)).asksForCode).toBe(true);
      const [event] = await told(app, 'web1', { type: 'browser.revoked', subject: person.user.id });
      expect(event).toMatchObject({ actor, details: { browser: 'Firefox on Linux' } });
    });

    it.each<[string, (person: Somebody) => Promise<{ password?: string }>]>([
      ['the password was changed', ({ user, password }) => changePassword(user.id, `${password} again`)],
      ['a method was added', ({ user }) => addMethod(user.id)],
      [
        'a method was taken away',
        async ({ user }) => {
          const [method] = await app.app.factors.methods.of('web1', user.id);
          await addMethod(user.id);
          await app.app.factors.methods.remove('web1', method?.id ?? '', { actor });
          return {};
        },
      ],
      [
        'the account was disabled for a while',
        async ({ user }) => {
          await app.app.people.disable('web1', user.id, actor);
          await app.app.people.enable('web1', user.id, actor);
          return {};
        },
      ],
      [
        'the second factor was reset',
        async ({ user, secret }) => {
          for (const { id } of await app.app.factors.methods.of('web1', user.id))
            await app.app.factors.methods.remove('web1', id, { actor });
          return addMethod(user.id, secret);
        },
      ],
    ])('after %s', async (_words, change) => {
      const person = await somebody(app);
      const browser = await remembered(person);
      const { password = person.password } = await change(person);
      app.clock.advance(5_000);
      expect((await afterPassword(browser, { ...person, password })).asksForCode).toBe(true);
    });

    async function changePassword(userId: string, password: string) {
      const user = (await app.app.people.get('web1', userId))!;
      expect(await app.app.people.setPassword(user, password, { minLength: 8 })).toEqual({ ok: true });
      return { password };
    }

    async function addMethod(userId: string, secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP') {
      const method = { realm: 'web1', userId, kind: 'totp', ...totpMethod(secret) };
      expect(await app.app.factors.methods.add(method, { actor })).toMatchObject({ ok: true });
      return {};
    }
  });
});
