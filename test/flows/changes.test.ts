import { readFile } from 'node:fs/promises';
import * as client from 'openid-client';
import { type RunningApp, runApp } from '../support/app.ts';
import { gatehouseOn } from '../support/gatehouse.ts';
import {
  aBrowser,
  givePassword,
  type Somebody,
  signIn,
  signInOf,
  somebody,
  toChallenge,
  told,
  toPassword,
  wrongCode,
} from './people.ts';
import { aPortal } from './portal.ts';

const operator = { kind: 'operator' } as const;

describe('what operators change', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  /** Its exit code and what it printed. */
  async function gatehouse(...words: string[]) {
    const { code, out, err } = await gatehouseOn(app, ...words);
    return { code, printed: out + err };
  }

  describe('gatehouse realm set plain policy.secondFactor', () => {
    afterEach(() => gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'off'));

    it('required: acts on the next sign-in, on one under way, and within 5 s on sessions', async () => {
      const person = await somebody(app, 'plain', { hasApp: false });
      const before = await toPassword(app, aBrowser(app), 'plain-notes');
      await givePassword(before, person);
      await before.submit('/consent');
      expect(before.page.url.origin).toBe(app.demoOrigin);
      const underWay = await toPassword(app, aBrowser(app), 'plain-notes');

      expect(await gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'required')).toMatchObject({ code: 0 });
      app.clock.advance(5000);

      const next = await toPassword(app, aBrowser(app), 'plain-notes');
      await givePassword(next, person);
      expect(next.page.step).toBe('protect-account');
      await givePassword(underWay, person);
      expect(underWay.page.step).toBe('protect-account');
      await before.visit(`${app.demoOrigin}/plain-notes/sign-in`);
      expect(before.page.url.origin).toBe(app.origin);
      expect(before.page.step).toMatch(/^(password|protect-account)$/);
    });

    it('off again: nobody is asked any longer, not even who has set one up', async () => {
      const person = await somebody(app, 'plain');
      await gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'required');
      app.clock.advance(5000);
      const asked = await toPassword(app, aBrowser(app), 'plain-notes');
      await givePassword(asked, person);
      expect(asked.page.step).toBe('challenge');

      await gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'off');
      app.clock.advance(5000);
      await asked.reload();
      expect(asked.page.step).toBe('consent');
      const next = await toPassword(app, aBrowser(app), 'plain-notes');
      await givePassword(next, person);
      expect(next.page.step).toBe('consent');
    });

    it('leaves a record of what it was and is, and refuses what is no value', async () => {
      await gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'optional');
      const [changed] = await told(app, 'plain', { type: 'realm.changed' });
      expect(changed).toMatchObject({
        actor: { kind: 'operator' },
        details: { path: 'policy.secondFactor', from: '"off"', to: '"optional"' },
      });
      const refused = await gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'sometimes');
      expect(refused.code).toBe(1);
      expect(refused.printed).toMatch(/secondFactor/);
    });

    it('fault 17: optional: who has a second factor is asked for it, though nothing requires one', async () => {
      const person = await somebody(app, 'plain');
      await gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'optional');
      app.clock.advance(5000);
      const browser = await toPassword(app, aBrowser(app), 'plain-notes');
      await givePassword(browser, person);
      expect(browser.page.step).toBe('challenge');
      await browser.visit(browser.page.url.href.replace('/challenge', '/postpone'));
      expect(browser.page.step).toBe('challenge');
    });

    it('optional: what is offered can be put off, and the portal is reached', async () => {
      const person = await somebody(app, 'plain', { hasApp: false });
      await gatehouse('realm', 'set', 'plain', 'policy.secondFactor', 'optional');
      app.clock.advance(5000);
      const browser = await toPassword(app, aBrowser(app), 'plain-notes');
      await givePassword(browser, person);
      expect(browser.page.step).toBe('protect-account');
      await browser.submit('/postpone');
      expect(browser.page.step).toBe('consent');
      await browser.submit('/consent');
      expect(browser.page.url.origin).toBe(app.demoOrigin);
    });
  });

  it('a realm file that was changed and applied shows on the next page; the operator’s own change is kept', async () => {
    const file = await readFile(new URL('../support/realms/plain.yaml', import.meta.url), 'utf8');
    await gatehouse('realm', 'set', 'plain', 'branding.mark', 'QX');
    const renamed = file.replace('name: Plain Notes\nbranding', 'name: Quite Plain\nbranding');
    const report = await app.app.realms.apply(renamed, 'plain.yaml', { actor: operator });
    expect(report.ok).toBe(true);
    const browser = await toPassword(app, aBrowser(app), 'plain-notes');
    expect(browser.page.html).toContain('Quite Plain');
    expect(browser.page.textOf('.mark')).toBe('QX');
    const back = await app.app.realms.apply(file, 'plain.yaml', { actor: operator, force: true });
    expect(back.ok).toBe(true);
    await browser.reload();
    expect(browser.page.html).not.toContain('Quite Plain');
    expect(browser.page.textOf('.mark')).toBe('P');
  });

  it('fault 25: a portal that is shut ends the sign-ins that were begun for it', async () => {
    const person = await somebody(app);
    const browser = await toChallenge(app, aBrowser(app), person);
    await gatehouse('realm', 'set', 'web1', 'portals.web1-mail.enabled', 'false');
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'refused', status: 403 });
    expect(browser.page.text).toMatch(/portal .* no longer takes sign-ins/);
    expect(await told(app, 'web1', { type: 'sign_in.completed', subject: person.user.id })).toEqual([]);
    await gatehouse('realm', 'set', 'web1', 'portals.web1-mail.enabled', 'true');
    app.clock.advance(5000);
    await toPassword(app, aBrowser(app));
  });

  describe('gatehouse user', () => {
    it('disable: A6, faults 24, 25: ends the sign-in under way, the session, and every token', async () => {
      const person = await somebody(app);
      const portal = await aPortal(app);
      const session = aBrowser(app, { stopAt: [app.demoOrigin] });
      const begun = await portal.begin({ prompt: 'consent' });
      await session.visit(begun.address);
      await givePassword(session, person);
      app.clock.advance(30_000);
      await session.fill({ code: app.code(person.secret) }).submit();
      if (session.page.step === 'consent') await session.submit('/consent');
      const tokens = await portal.finish(begun, session.page.location);
      const underWay = await toChallenge(app, aBrowser(app), person);

      expect(await gatehouse('user', 'disable', 'web1', person.username)).toMatchObject({ code: 0 });
      app.clock.advance(30_000);
      const uid = signInOf(underWay);
      await underWay.fill({ code: app.code(person.secret) }).submit();
      expect({ step: underWay.page.step, status: underWay.page.status }).toEqual({ step: 'refused', status: 403 });
      const [ended] = await told(app, 'web1', { type: 'sign_in.ended', signIn: uid });
      expect(ended?.details).toEqual({ because: 'disabled' });

      await session.visit((await portal.begin({ prompt: 'none' })).address);
      expect(portal.answer(session).get('error')).toBe('login_required');
      await expect(client.refreshTokenGrant(portal.config, tokens.refresh_token ?? '')).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(client.fetchUserInfo(portal.config, tokens.access_token, person.user.id)).rejects.toThrow();
    });

    it('disable: a right password gets no further, and tells a stranger with a wrong one nothing', async () => {
      const person = await somebody(app);
      await gatehouse('user', 'disable', 'web1', person.username);
      const right = await toPassword(app, aBrowser(app));
      await givePassword(right, person);
      expect(right.page.url.origin).toBe(app.origin);
      expect(right.page.step).toMatch(/^(refused|password)$/);
      const wrong = await toPassword(app, aBrowser(app));
      await givePassword(wrong, { ...person, password: 'not the right one' });
      const nobody = await toPassword(app, aBrowser(app));
      await givePassword(nobody, { ...person, username: 'nobody-here', password: 'not the right one' });
      expect(wrong.page.alerts).toEqual(nobody.page.alerts);
      expect(wrong.page.status).toBe(nobody.page.status);
    });

    it('enable: what was ended stays ended; a new sign-in works', async () => {
      const person = await somebody(app);
      const browser = await signIn(app, aBrowser(app), person);
      app.clock.advance(1000);
      await gatehouse('user', 'disable', 'web1', person.username);
      app.clock.advance(1000);
      await gatehouse('user', 'enable', 'web1', person.username);
      app.clock.advance(30_000);
      await browser.visit(`${app.demoOrigin}/web1-mail/sign-in`);
      expect(browser.page.step).toBe('password');
      await givePassword(browser, person);
      app.clock.advance(30_000);
      await browser.fill({ code: app.code(person.secret) }).submit();
      expect(browser.page.url.origin).toBe(app.demoOrigin);
    });

    it('unlock: holds are over at once, for password and code', async () => {
      const person = await somebody(app);
      for (let signIns = 0; signIns < 2; signIns += 1) {
        const guesser = await toChallenge(app, aBrowser(app), person);
        for (let tries = 0; tries < 5; tries += 1) await guesser.fill({ code: wrongCode(app, person) }).submit();
      }
      const held = await givePassword(await toPassword(app, aBrowser(app)), person);
      expect({ step: held.page.step, status: held.page.status }).toEqual({ step: 'held', status: 429 });
      await gatehouse('user', 'unlock', 'web1', person.username);
      await signIn(app, aBrowser(app), person);
      expect((await told(app, 'web1', { type: 'user.unlocked', subject: person.user.id })).length).toBe(1);
    });
  });

  describe('fault 46: a sign-in under way dies', () => {
    const cases: readonly (readonly [string, (person: Somebody) => Promise<unknown>])[] = [
      [
        'when the password is changed',
        ({ user }) => app.app.people.setPassword(user, 'an entirely new secret', { minLength: 8 }),
      ],
      [
        'when the second factor is removed',
        async ({ user }) => {
          const [method] = await app.app.factors.methods.of('web1', user.id);
          return app.app.factors.methods.disable('web1', method?.id ?? '', { actor: operator });
        },
      ],
    ];
    it.each(cases)('%s', async (_, change) => {
      const person = await somebody(app);
      const browser = await toChallenge(app, aBrowser(app), person);
      const { url } = browser.page;
      await change(person);
      app.clock.advance(30_000);
      await browser.fill({ code: app.code(person.secret) }).submit();
      expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'refused', status: 403 });
      for (const step of ['', '/password', '/enrol/totp']) {
        await browser.visit(url.href.replace('/challenge', step));
        expect(browser.page.step).toBe('refused');
      }
      await browser.submit('/cancel');
      expect(browser.page.text).toContain('access_denied');
    });
  });
});
