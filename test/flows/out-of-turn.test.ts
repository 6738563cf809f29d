import { type RunningApp, runApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, type Somebody, somebody, toPassword } from './people.ts';

/** Whoever has a password and no more, and knows every address there is, posts to all of them. */
describe('steps of the set-up that are posted out of turn', () => {
  let app: RunningApp;
  const operator = { kind: 'operator' } as const;
  beforeAll(async () => {
    app = await runApp();
    const set = (path: string, value: unknown) => app.app.realms.set('web1', path, value, { kind: 'system' });
    await set('policy.secondFactor', 'required');
    await set('policy.methods', ['totp', 'email', 'phone', 'token', 'passkey', 'recovery']);
    await set('policy.secondMethod', 'required');
  });
  afterAll(() => app.close());

  const skips = ['/postpone', '/second-method/skip', '/summary', '/consent', '/protect-account', '/new-password'];
  const kinds = ['totp', 'email', 'phone', 'token', 'passkey', 'recovery'];
  const enrolments = kinds.flatMap((kind) => ['', '/resend', '/again'].map((end) => `/enrol/${kind}${end}`));
  const others = ['/choose-method', '/choose-organization', '/challenge', '/challenge/resend', '/challenge/method'];

  /** Posts with the tokens of the page that is shown; returns where each leads to. */
  async function postTo(browser: Visitor, steps: readonly string[], fields: Readonly<Record<string, string>> = {}) {
    const { url } = browser.page;
    const base = /^.*\/sign-in\/[^/]+/.exec(url.href)?.[0] ?? '';
    const hidden = ['csrf', 'made_for'].map((name) => [
      name,
      browser.page.attribute(`main [name=${name}]`, 'value') ?? '',
    ]);
    const body = new URLSearchParams([...hidden, ...Object.entries(fields)] as [string, string][]).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const step of steps) {
      const answer = await browser.request(base + step, { method: 'POST', headers, body, from: url });
      expect({ step, status: answer.status }).toEqual({ step, status: 303 });
      expect({ step, to: answer.location?.pathname }).toEqual({
        step,
        to: expect.stringMatching(/\/sign-in\/[^/]+/),
      });
    }
    await browser.visit(base);
  }

  const methodsOf = async ({ user }: Somebody) =>
    (await app.app.factors.methods.of('web1', user.id)).map(({ kind }) => kind);

  it('fault 28, fault 29: bind nothing, send nothing and skip nothing while a challenge is pending', async () => {
    const person = await somebody(app);
    const browser = await givePassword(await toPassword(app, aBrowser(app)), person);
    expect(browser.page.step).toBe('challenge');
    const before = (await app.app.messaging.outbox.list({ limit: 50 })).items.length;
    const tried = [...skips, ...enrolments, ...others.filter((step) => !step.startsWith('/challenge'))];
    await postTo(browser, tried, { method: 'email', phone: '+4915123456789', channel: 'sms', organization: 'any' });
    expect(browser.page.step).toBe('challenge');
    expect(await methodsOf(person)).toEqual(['totp']);
    while ((await app.app.drain()) > 0);
    while ((await app.app.messaging.workOnce()) > 0);
    expect((await app.app.messaging.outbox.list({ limit: 50 })).items).toHaveLength(before);
  });

  it('skip neither a required second factor', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const browser = await givePassword(await toPassword(app, aBrowser(app)), person);
    expect(browser.page.step).toBe('protect-account');
    await postTo(browser, ['/postpone', '/second-method/skip', '/summary', '/consent', '/enrol/recovery', ...others]);
    expect(browser.page.step).toBe('protect-account');
    expect(await methodsOf(person)).toEqual([]);
  });

  it('nor a required second method, nor the page that shows what there is', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const browser = await givePassword(await toPassword(app, aBrowser(app)), person);
    await browser.submit(/get started/i);
    await browser.submit('method=totp');
    const secret = browser.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
    await browser.fill({ code: app.code(secret) }).submit();
    expect(browser.page.step).toBe('second-method');
    await postTo(browser, [...skips, '/enrol/recovery', '/enrol/totp', '/enrol/totp/again'], { code: '000000' });
    expect(browser.page.step).toBe('second-method');
    expect(await methodsOf(person)).toEqual(['totp']);
    // What is set up already is no second one, and neither is what policy does not count.
    for (const method of ['totp', 'email', 'recovery', 'password', '__proto__', 'constructor']) {
      await postTo(browser, ['/choose-method'], { method });
      expect({ method, step: browser.page.step }).toEqual({ method, step: 'second-method' });
    }
  });

  it('nor the choice of an organization, before which nothing is sent', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const ids: string[] = [];
    for (const name of ['Out of turn one', 'Out of turn two', 'Out of turn foreign']) {
      const made = await app.app.people.tenancy.organizations.add({ realm: 'web1', name }, operator);
      if (made.ok) ids.push(made.organization.id);
    }
    const [one = '', two = '', foreign = ''] = ids;
    for (const organization of [one, two]) {
      const input = { realm: 'web1', organization, userId: person.user.id, role: 'admin' as const, isAccepted: true };
      await app.app.people.tenancy.memberships.add(input, operator);
    }
    const browser = await givePassword(await toPassword(app, aBrowser(app)), person);
    expect(browser.page.step).toBe('choose-organization');
    for (const organization of [foreign, '', 'choose', '__proto__', `${one},${two}`]) {
      await postTo(browser, [...skips, ...enrolments, ...others], { organization });
      expect({ organization, step: browser.page.step }).toEqual({ organization, step: 'choose-organization' });
    }
    expect(await methodsOf(person)).toEqual([]);
  });
});
