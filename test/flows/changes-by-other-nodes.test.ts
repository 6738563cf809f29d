import pino from 'pino';
import { type App, createApp } from '../../src/app.ts';
import type { Rules } from '../../src/policy/index.ts';
import { aDatabase, onMongo } from '../nodes/databases.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { aKeyring } from '../support/store.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody } from './people.ts';
import { aPortal, type TestPortal } from './portal.ts';

const actor = { kind: 'operator' } as const;
/** By then a change is in force on every node. */
const withinMs = 5_000;
/** Asks for a second factor of whoever is subscribed to it, wherever they sign in. */
const strictPortal = 'strict';

describe('a change by another node acts within five seconds', () => {
  describe('two nodes on one SQLite file', () => {
    tests(() => ({}));
  });
  onMongo((server) => tests(() => ({ GATEHOUSE_DATABASE: aDatabase(server()?.uri) })));
});

/** `environment`: where the database is. */
function tests(environment: () => Readonly<Record<string, string>>): void {
  let app: RunningApp;
  let other: App;
  let portal: TestPortal;
  beforeAll(async () => {
    app = await runApp({ env: environment() });
    const { config, clock } = app;
    other = await createApp({ config, clock, keyring: aKeyring(), log: pino({ level: 'silent' }) });
    portal = await aPortal(app, 'plain-notes');
    const strict = { clientId: strictPortal, name: 'Strict', redirectUris: ['https://strict.example/callback'] };
    await other.realms.addPortal('plain', { ...strict, policy: { secondFactor: 'required' } }, actor);
  });
  afterAll(async () => {
    await other.stop();
    await app.close();
  });

  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of undo.splice(0)) await each();
    app.clock.advance(withinMs);
  });

  const set = (name: string, value: unknown) => other.realms.set('plain', name, value, actor);

  /** In the realm file's own words; back to `before` after the test. */
  async function say(name: string, value: unknown, before: unknown) {
    undo.push(() => set(name, before));
    expect(await set(name, value)).toMatchObject({ ok: true });
  }

  async function sayAt(organization: string, policy: Rules) {
    await other.people.tenancy.organizations.change('plain', organization, () => ({ policy }), actor);
  }

  async function begin(browser: Visitor, wishes: Record<string, string> = {}) {
    await browser.visit((await portal.begin(wishes)).address);
  }

  async function signedIn(person: Somebody): Promise<Visitor> {
    const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
    await begin(browser);
    await givePassword(browser, person);
    if (browser.page.step === 'consent') await browser.submit('/consent');
    // What this node keeps in memory is as it was before.
    await begin(browser, { prompt: 'none' });
    expect(portal.answer(browser).get('error')).toBeNull();
    return browser;
  }

  /** Belongs to an organization below another; their ids, outermost first. */
  async function member(): Promise<{ person: Somebody; path: readonly [string, string] }> {
    const person = await somebody(app, 'plain', { hasApp: false });
    const add = async (name: string, parent?: string) => {
      const input = { realm: 'plain', name, ...(parent === undefined ? {} : { parent }) };
      const made = await other.people.tenancy.organizations.add(input, actor);
      if (!made.ok) throw new Error(made.why);
      return made.organization.id;
    };
    const above = await add(`Above ${person.username}`);
    const own = await add(`Own ${person.username}`, above);
    await join(person, own);
    return { person, path: [above, own] };
  }

  const join = (person: Somebody, organization: string) =>
    other.people.tenancy.memberships.add(
      { realm: 'plain', organization, userId: person.user.id, role: 'member', isAccepted: true },
      actor,
    );

  const strict = (holder: string) => ({ realm: 'plain', portal: strictPortal, kind: 'user', holder }) as const;

  type Path = readonly [string, string];
  const everywhere = { ranges: ['0.0.0.0/0', '::/0'], effect: 'refuse' };
  const always = { timeZone: 'Europe/Vienna', from: '00:00', to: '00:00', effect: 'refuse' };

  // A session: the page that the next request for tokens comes to. A sign-in under way: where its password leads.
  it.each<[string, (person: Somebody, path: Path) => Promise<unknown>, string, string]>([
    ['the realm’s', () => say('policy.secondFactor', 'required', 'off'), 'password', 'protect-account'],
    [
      'the portal’s',
      () => say('portals.plain-notes.policy.secondFactor', 'required', null),
      'password',
      'protect-account',
    ],
    [
      'that of an organization above',
      (_, [above]) => sayAt(above, { secondFactor: 'required' }),
      'password',
      'protect-account',
    ],
    ['their organization’s', (_, [, own]) => sayAt(own, { secondFactor: 'required' }), 'password', 'protect-account'],
    [
      'the person’s own',
      ({ user }) =>
        other.people.update('plain', user.id, (before) => ({ ...before, policy: { secondFactor: 'required' } })),
      'password',
      'protect-account',
    ],
    [
      'that of a portal they are subscribed to from then on',
      ({ user }) => other.people.tenancy.subscriptions.add(strict(user.id), actor),
      'password',
      'protect-account',
    ],
    ['networks that are refused', () => say('policy.networks', [everywhere], []), 'refused', 'refused'],
    ['hours that are refused', () => say('policy.hours', [always], []), 'refused', 'refused'],
  ])('on sessions and on sign-ins under way: %s', async (_words, change, ofSession, ofAttempt) => {
    const { person, path } = await member();
    const session = await signedIn(person);
    const attempt = aBrowser(app, { stopAt: [app.demoOrigin] });
    await begin(attempt);
    expect(attempt.page.step).toBe('password');
    await change(person, path);
    app.clock.advance(withinMs);
    await begin(session);
    expect(session.page.step).toBe(ofSession);
    await givePassword(attempt, person);
    expect(attempt.page.step).toBe(ofAttempt);
  });

  it('a membership: what the organization asks for binds who joined it, and no longer who left', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    const { path } = await member();
    await sayAt(path[1], { secondFactor: 'required' });
    const session = await signedIn(person);
    await join(person, path[1]);
    app.clock.advance(withinMs);
    await begin(session);
    expect(session.page.step).toBe('password');
    await other.people.tenancy.memberships.remove(
      { realm: 'plain', organization: path[1], userId: person.user.id },
      actor,
    );
    app.clock.advance(withinMs);
    await begin(session, { prompt: 'none' });
    expect(portal.answer(session).get('error')).toBeNull();
  });

  it('a portal that somebody is not subscribed to any more binds them no longer', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    const session = await signedIn(person);
    const { subscriptions } = other.people.tenancy;
    await subscriptions.add(strict(person.user.id), actor);
    app.clock.advance(withinMs);
    await begin(session);
    expect(session.page.step).toBe('password');
    await subscriptions.remove(strict(person.user.id), actor);
    app.clock.advance(withinMs);
    await begin(session, { prompt: 'none' });
    expect(portal.answer(session).get('error')).toBeNull();
  });

  it('A6: a person who is disabled is out of sessions and of sign-ins under way', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    const session = await signedIn(person);
    const attempt = aBrowser(app, { stopAt: [app.demoOrigin] });
    await begin(attempt);
    await other.people.disable('plain', person.user.id, actor);
    app.clock.advance(withinMs);
    await begin(session, { prompt: 'none' });
    expect(portal.answer(session).get('error')).toBe('login_required');
    await givePassword(attempt, person);
    expect(attempt.page.step).toBe('refused');
  });

  it('hours of a session: it is over once they are fewer than it is old', async () => {
    const session = await signedIn(await somebody(app, 'plain', { hasApp: false }));
    app.clock.advance(30 * 60_000);
    await begin(session, { prompt: 'none' });
    expect(portal.answer(session).get('error')).toBeNull();
    app.clock.advance(31 * 60_000 - withinMs);
    await begin(session, { prompt: 'none' });
    expect(portal.answer(session).get('error')).toBeNull();
    await say('policy.sessionHours', 1, 24);
    app.clock.advance(withinMs);
    await begin(session, { prompt: 'none' });
    expect(portal.answer(session).get('error')).toBe('login_required');
  });

  it.each<[string, (person: Somebody) => Promise<unknown>]>([
    ['allowed no more', () => say('policy.rememberBrowserDays', 0, 30)],
    [
      'revoked',
      async ({ user }) => {
        for (const { label } of await other.signIn.admin.browsers('plain', user.id))
          await other.signIn.browsers.revoke('plain', user.id, label, actor);
      },
    ],
  ])('fault 31: remembered browsers, and the sessions that came of them: %s', async (_words, change) => {
    await say('policy.secondFactor', 'optional', 'off');
    await say('policy.rememberBrowserDays', 30, 0);
    app.clock.advance(withinMs);
    const person = await somebody(app, 'plain');
    const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
    const afterPassword = async () => {
      browser.cookies.forget(/-session/);
      await begin(browser);
      await givePassword(browser, person);
    };
    await afterPassword();
    await browser.fill({ code: app.code(person.secret), remember_browser: 'yes' }).submit();
    await browser.submit('/consent');
    await afterPassword();
    expect(browser.page.step).toBeUndefined();
    await begin(browser, { prompt: 'none' });
    expect(portal.answer(browser).get('error')).toBeNull();

    await change(person);
    app.clock.advance(withinMs);
    await begin(browser);
    expect(browser.page.step).toBe('challenge');
    await afterPassword();
    expect(browser.page.step).toBe('challenge');
  });

  it('faults 25 and 46: a sign-in under way is over when another node resets the password or takes a method away', async () => {
    await say('policy.secondFactor', 'required', 'off');
    app.clock.advance(withinMs);
    for (const change of [
      async (userId: string) => {
        const user = (await other.people.get('plain', userId))!;
        await other.people.setPassword(user, 'forty slow lanterns', { minLength: 8 });
      },
      async (userId: string) => {
        const [method] = await other.factors.methods.of('plain', userId);
        await other.factors.methods.remove('plain', method?.id ?? '', { actor });
      },
    ]) {
      const person = await somebody(app, 'plain');
      const attempt = aBrowser(app, { stopAt: [app.demoOrigin] });
      await begin(attempt);
      await givePassword(attempt, person);
      expect(attempt.page.step).toBe('challenge');
      await change(person.user.id);
      await attempt.fill({ code: app.code(person.secret) }).submit();
      expect(attempt.page.step).toBe('refused');
    }
  });
}
