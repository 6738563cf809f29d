import { totpMethod } from '../../src/factors/index.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { TwilioServer } from '../support/twilio.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, told, toPassword } from './people.ts';
import { otherThan, type Phoned, somebodyPhoned, toCode, toEnrolment } from './phones.ts';

const system = { kind: 'system' } as const;

describe('what codes by telephone may cost', () => {
  let app: RunningApp;
  let twilio: TwilioServer;
  beforeEach(async () => {
    twilio = await TwilioServer.start();
    app = await runApp({ env: twilio.env });
    await set('policy.methods', ['phone', 'totp']);
  });
  afterEach(async () => {
    await app.close();
    await twilio.close();
  });

  async function set(path: string, value: unknown): Promise<void> {
    const report = await app.app.realms.set('web1', path, value, system);
    if (!report.ok) throw new Error(report.faults.join());
  }

  /** Has a phone and, beside it, an authenticator app. */
  async function somebodyWithBoth(): Promise<Phoned> {
    const person = await somebodyPhoned(app, twilio);
    const method = { realm: 'web1', userId: person.user.id, kind: 'totp', ...totpMethod(person.secret) };
    await app.app.factors.methods.add(method, { actor: system });
    return person;
  }

  /** Comes to the page that says nothing was sent, and signs in by the app instead. */
  async function goesOnByApp(visitor: Visitor, person: Somebody): Promise<void> {
    await visitor.submit(/authenticator app/i);
    await visitor.fill({ code: app.code(person.secret) }).submit();
    expect(visitor.page.url.origin).toBe(app.demoOrigin);
  }

  it('fault 48: beyond the limit nothing is sent, the page says so, and the other methods go on', async () => {
    const person = await somebodyWithBoth();
    await set('messages.limits.person.day', 2);
    for (let n = 0; n < 2; n += 1) await toCode(app, person);
    const before = twilio.requests;
    const visitor = await toCode(app, person);
    expect(visitor.page.text).toMatch(/too many codes were asked for lately/i);
    expect(twilio.requests).toBe(before);
    await goesOnByApp(visitor, person);
    const [limited] = await told(app, 'web1', { type: 'code_message.limited', subject: person.user.id });
    expect(limited?.details).toMatchObject({ limited: 'person', span: 'day', limit: 2 });
  });

  it('fault 48: nothing goes to a country that is not on the list, nor to a dear number, and another method can be chosen', async () => {
    await set('messages.countries', ['DE']);
    for (const phone of ['+436641234567', '+499001234567', '+498001234567']) {
      const visitor = await toEnrolment(app, await somebody(app, 'web1', { hasApp: false }));
      await visitor.fill({ phone, channel: 'sms' }).submit();
      expect(visitor.page.step).toBe('enrol-phone');
      await visitor.submit(/choose another/i);
      await visitor.submit(/authenticator app/i);
      expect(visitor.page.step).toBe('enrol-app');
    }
    expect(twilio.requests).toBe(0);
  });

  it('fault 48: with the month’s budget gone nothing is sent, whoever pays is told, and a raise helps at once', async () => {
    const person = await somebodyWithBoth();
    await set('messages.prices', [{ prefix: '*', sms: 1, voice: 1 }]);
    await set('policy.budget', { perMonth: 1, currency: 'USD' });
    app.clock.set('2027-01-10T09:00:00Z');
    await toCode(app, person);
    const before = twilio.requests;
    app.clock.advance(3_600_000);
    const visitor = await toCode(app, person);
    expect(visitor.page.text).toMatch(/nothing was sent|cannot|switched off/i);
    expect(twilio.requests).toBe(before);
    await app.app.drain();
    await app.app.messaging.workOnce();
    const { items } = await app.app.messaging.list({ limit: 50 });
    const templates = items.filter(({ to }) => to === 'help@web1.example').map(({ template }) => template);
    expect(templates.sort()).toEqual(['code-budget-reached', 'code-budget-warned']);
    await goesOnByApp(visitor, person);
    await set('policy.budget', { perMonth: 50, currency: 'USD' });
    app.clock.advance(3_600_000);
    await toCode(app, person);
    expect(twilio.requests).toBe(before + 1);
  });

  it('fault 10: sending and checking are limited each by itself', async () => {
    const person = await somebodyPhoned(app, twilio);
    await set('messages.limits.person.day', 2);
    // Wrong codes are counted though nothing more may be sent …
    for (let n = 0; n < 2; n += 1) {
      const visitor = await toCode(app, person);
      for (let wrong = 0; wrong < 5; wrong += 1) await visitor.fill({ code: otherThan(twilio.code) }).submit();
    }
    const held = aBrowser(app);
    await givePassword(await toPassword(app, held), person);
    expect(held.page.step).toBe('held');
    // … and when they are held no longer, the limit on sending is still there.
    app.clock.advance(16 * 60_000);
    const before = twilio.requests;
    const visitor = await toCode(app, person);
    expect(visitor.page.text).toMatch(/too many codes were asked for lately/i);
    expect(twilio.requests).toBe(before);
  });

  it('what is sent is charged to the organization of the session and stops at a budget above it; others go on', async () => {
    const person = await somebodyWithBoth();
    const { organizations, memberships } = app.app.people.tenancy;
    const operator = { kind: 'operator' } as const;
    const organization = async (name: string, parent?: string, perMonth?: number) => {
      const policy = perMonth === undefined ? {} : { budget: { perMonth, currency: 'USD' } };
      const above = parent === undefined ? {} : { parent };
      const made = await organizations.add({ realm: 'web1', name, policy, ...above }, operator);
      if (!made.ok) throw new Error(made.why);
      return made.organization.id;
    };
    await set('messages.prices', [{ prefix: '*', sms: 1, voice: 1 }]);
    const north = await organization('North', undefined, 2);
    const client = await organization('Client', north);
    const membership = { realm: 'web1', organization: client, userId: person.user.id, role: 'member' } as const;
    const joined = await memberships.add({ ...membership, isAccepted: true }, operator);
    if (!joined.ok) throw new Error(joined.why);

    for (let n = 0; n < 2; n += 1) {
      app.clock.advance(3_600_000);
      await toCode(app, person);
    }
    const before = twilio.requests;
    app.clock.advance(3_600_000);
    await goesOnByApp(await toCode(app, person), person);
    expect(twilio.requests).toBe(before);
    const month = app.clock.now().toISOString().slice(0, 7);
    const bill = await app.app.allowance.costs.month('web1', month);
    const charged = bill.filter(({ path }) => path.join() === [north, client].join());
    expect(charged.map(({ messages, micros }) => [messages, micros])).toEqual([[2, 2_000_000]]);

    const other = await somebodyPhoned(app, twilio);
    const sent = twilio.requests;
    await toCode(app, other);
    expect(twilio.requests).toBe(sent + 1);
  });
});
