import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, signInOf, somebody, told } from './people.ts';
import { aPortal, type TestPortal } from './portal.ts';

const actor = { kind: 'operator' } as const;
const atWork = '192.0.2.7';
const elsewhere = '198.51.100.9';
const dayMs = 24 * 60 * 60_000;

describe('rules about networks and hours', () => {
  let app: RunningApp;
  let portal: TestPortal;
  beforeAll(async () => {
    // The tests speak as a proxy does, which says who called it.
    app = await runApp({ env: { GATEHOUSE_TRUST_PROXY: '127.0.0.1' } });
    portal = await aPortal(app, 'plain-notes');
    await set('policy.secondFactor', 'optional');
  });
  afterAll(() => app.close());
  afterEach(async () => {
    await set('policy.networks', []);
    await set('policy.hours', []);
  });

  async function set(name: string, value: unknown) {
    expect(await app.app.realms.set('plain', name, value, actor)).toMatchObject({ ok: true });
  }

  function from(address: string, cookies?: Visitor): Visitor {
    const browser = aBrowser(app, { headers: { 'x-forwarded-for': address }, stopAt: [app.demoOrigin] });
    for (const { name, value } of cookies?.cookies.all() ?? []) browser.cookies.set(name, value, app.origin);
    return browser;
  }

  async function begin(browser: Visitor, wishes: Record<string, string> = {}) {
    return browser.visit((await portal.begin(wishes)).address);
  }

  async function afterPassword(browser: Visitor, person: Somebody) {
    await begin(browser);
    await givePassword(browser, person);
    if (browser.page.step === 'consent') await browser.submit('/consent');
    return browser.page.step;
  }

  async function giveCode(browser: Visitor, person: Somebody, more: Record<string, string> = {}) {
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret), ...more }).submit();
    if (browser.page.step === 'consent') await browser.submit('/consent');
    expect(browser.page.location?.origin).toBe(app.demoOrigin);
  }

  const refusedOutside = { ranges: ['192.0.2.0/24'], where: 'outside', effect: 'refuse' } as const;
  const alwaysOutside = { ...refusedOutside, effect: 'always_second_factor' } as const;

  it('a refusal is told after the password, says what to do, and is in the audit log once', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    await set('policy.networks', [refusedOutside]);
    const browser = from(elsewhere);
    await begin(browser);
    expect(browser.page.step).toBe('password');
    await browser.fill({ identifier: person.username, password: 'not the right one' }).submit();
    expect(browser.page.step).toBe('password');
    await givePassword(browser, person);
    expect(browser.page).toMatchObject({ step: 'refused', status: 403 });
    expect(browser.page.text).toContain('Use another one');
    await browser.reload();
    expect(browser.page.step).toBe('refused');
    const signIn = signInOf(browser);
    const events = await told(app, 'plain', { type: 'sign_in.refused', signIn });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      subject: person.user.id,
      address: elsewhere,
      details: { why: 'network', reasons: ['networks realm:plain by_network'] },
    });
    // From the right place the same sign-in goes on.
    const there = from(atWork, browser);
    await there.visit(browser.page.url);
    expect(there.page.step).toBe('protect-account');
  });

  it('and leads back to the portal, which is told', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    await set('policy.networks', [refusedOutside]);
    const browser = from(elsewhere);
    expect(await afterPassword(browser, person)).toBe('refused');
    await browser.submit('/cancel');
    expect(portal.answer(browser).get('error')).toBe('access_denied');
  });

  it.each([
    ['fault 13: malformed', '192.0.2.7, not an address'],
    ['fault 13: with a port', '192.0.2.7:443'],
    ['fault 13: with nothing in it', ', ,'],
    ['fault 14: with the right one further left, as clients write it', `192.0.2.7, ${elsewhere}`],
    ['fault 14: with the right one in brackets', `[192.0.2.7]`],
  ])('%s, a forwarding header brings nobody inside', async (_words, header) => {
    const person = await somebody(app, 'plain', { hasApp: false });
    await set('policy.networks', [refusedOutside]);
    expect(await afterPassword(from(header), person)).toBe('refused');
  });

  it.each(['x-real-ip', 'forwarded', 'true-client-ip', 'cf-connecting-ip', 'x-client-ip'])(
    'fault 14: the header %s says nothing',
    async (name) => {
      const person = await somebody(app, 'plain', { hasApp: false });
      await set('policy.networks', [refusedOutside]);
      const headers = { 'x-forwarded-for': elsewhere, [name]: name === 'forwarded' ? `for=${atWork}` : atWork };
      expect(await afterPassword(aBrowser(app, { headers, stopAt: [app.demoOrigin] }), person)).toBe('refused');
    },
  );

  it('fault 31: a remembered browser is asked all the same where a second factor is always wanted', async () => {
    await set('policy.rememberBrowserDays', 30);
    const person = await somebody(app, 'plain');
    const browser = from(atWork);
    await afterPassword(browser, person);
    await giveCode(browser, person, { remember_browser: 'yes' });
    browser.cookies.forget(/-session/);
    await set('policy.networks', [alwaysOutside]);
    expect(await afterPassword(browser, person)).toBeUndefined();

    // The session that came of it is judged by where it is used.
    const away = from(elsewhere, browser);
    await begin(away, { prompt: 'none' });
    expect(portal.answer(away).get('error')).toBe('interaction_required');
    await begin(browser, { prompt: 'none' });
    expect(portal.answer(browser).get('error')).toBeNull();

    away.cookies.forget(/-session/);
    expect(await afterPassword(away, person)).toBe('challenge');
    expect(away.page.all('[name=remember_browser]')).toHaveLength(0);
  });

  it('who has no second factor must set one up where one is always wanted, and not elsewhere', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    await set('policy.networks', [alwaysOutside]);
    const [here, there] = [from(atWork), from(elsewhere)];
    await afterPassword(there, person);
    expect([there.page.step, there.page.text.includes('Not now')]).toEqual(['protect-account', false]);
    await afterPassword(here, person);
    expect([here.page.step, here.page.text.includes('Not now')]).toEqual(['protect-account', true]);
  });

  it('a session is refused from where signing in is, and is there still where it is not', async () => {
    const person = await somebody(app, 'plain');
    const browser = from(atWork);
    await afterPassword(browser, person);
    await giveCode(browser, person);
    await set('policy.networks', [refusedOutside]);
    const away = from(elsewhere, browser);
    await begin(away);
    expect(away.page.step).toBe('refused');
    await begin(browser, { prompt: 'none' });
    expect(portal.answer(browser).get('error')).toBeNull();
  });

  // The clocks of Vienna went forward on 2031-03-30 at 02:00 (01:00 UTC), and back on 2031-10-26 at 03:00 (01:00 UTC).
  it.each([
    ['2031-01-15T05:59:00Z', 'refused'],
    ['2031-01-15T06:00:00Z', 'protect-account'],
    ['2031-01-15T17:59:00Z', 'protect-account'],
    ['2031-01-15T18:00:00Z', 'refused'],
    ['2031-03-29T06:00:00Z', 'protect-account'],
    ['2031-03-30T04:59:00Z', 'refused'],
    ['2031-03-30T05:00:00Z', 'protect-account'],
    ['2031-10-25T05:00:00Z', 'protect-account'],
    ['2031-10-26T05:59:00Z', 'refused'],
    ['2031-10-26T06:00:00Z', 'protect-account'],
  ])('hours are those of the rule’s time zone: at %s a sign-in comes to %s', async (at, step) => {
    const back = app.clock.now();
    app.clock.set(new Date(new Date(at).getTime() - 2_500));
    try {
      const person = await somebody(app, 'plain', { hasApp: false });
      await set('policy.hours', [
        { timeZone: 'Europe/Vienna', from: '07:00', to: '19:00', where: 'outside', effect: 'refuse' },
      ]);
      app.clock.set(at);
      const browser = from(atWork);
      expect(await afterPassword(browser, person)).toBe(step);
      if (step === 'refused') expect(browser.page.text).toContain('Come back later');
    } finally {
      app.clock.set(new Date(Math.max(back.getTime(), app.clock.now().getTime()) + dayMs));
    }
  });
});

describe('without a proxy that is configured', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  it('fault 14: no forwarding header brings anybody inside', async () => {
    const rule = { ranges: ['192.0.2.0/24'], where: 'outside', effect: 'refuse' };
    expect(await app.app.realms.set('plain', 'policy.networks', [rule], actor)).toMatchObject({ ok: true });
    const person = await somebody(app, 'plain', { hasApp: false });
    const portal = await aPortal(app, 'plain-notes');
    for (const name of ['x-forwarded-for', 'x-real-ip', 'client-ip']) {
      const browser = aBrowser(app, { headers: { [name]: atWork }, stopAt: [app.demoOrigin] });
      await browser.visit((await portal.begin()).address);
      await givePassword(browser, person);
      expect(browser.page.step).toBe('refused');
    }
  });
});
