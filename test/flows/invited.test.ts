import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, type Somebody, somebody, told, toPassword } from './people.ts';

const days = 24 * 60 * 60_000;

describe('somebody who was invited', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  const password = 'nineteen quiet harbours';
  let count = 0;

  /** The address in the mail, as its reader would click it. */
  async function invite(realm = 'plain'): Promise<{ email: string; link: string }> {
    count += 1;
    const email = `invited${count}@${realm}.example`;
    const made = await app.app.people.invite({ realm, name: 'Ina Vited', email }, { kind: 'operator' });
    expect(made.ok).toBe(true);
    while ((await app.app.drain()) > 0);
    while ((await app.app.messaging.workOnce()) > 0);
    const { items } = await app.app.messaging.outbox.list({ limit: 50 });
    const mail = items.find(({ to }) => to === email);
    const [link] = /http\S+\/invitation\/\S+/.exec(mail?.text ?? '') ?? [];
    if (link === undefined) throw new Error(`no link in ${JSON.stringify(mail)}`);
    return { email, link };
  }

  const typed = { new_password: password, confirm_password: password };

  it('sets a password by the link in the mail, and signs in with it', async () => {
    const { email, link } = await invite();
    expect(link.startsWith(`${app.origin}/realms/plain/invitation/`)).toBe(true);
    const browser = aBrowser(app);
    await browser.visit(link);
    expect(browser.page.step).toBe('invitation');
    await browser.fill(typed).submit();
    expect(browser.page.link(/Plain Notes/)?.href).toBe(`${app.demoOrigin}/plain-notes`);
    await browser.click(/Plain Notes/);
    await browser.click(/^sign in$/i);
    await givePassword(browser, { username: email, password } as Somebody);
    await browser.submit('/consent');
    expect(browser.page.text).toContain(email);
  });

  it('a mail scanner that opens the link uses nothing up; the form works once', async () => {
    const { link } = await invite();
    const scanner = aBrowser(app);
    for (let opened = 0; opened < 3; opened += 1) expect((await scanner.visit(link)).step).toBe('invitation');
    const [mine, other] = [aBrowser(app), aBrowser(app)];
    await Promise.all([mine.visit(link), other.visit(link)]);
    await mine.fill(typed).submit();
    expect(mine.page.status).toBe(200);
    const late = await other
      .fill({ new_password: 'an attacker was slower', confirm_password: 'an attacker was slower' })
      .submit();
    expect({ step: late.step, status: late.status }).toEqual({ step: 'invitation', status: 410 });
    expect((await scanner.visit(link)).status).toBe(410);
  });

  it('of 20 parallel posts of one link exactly one sets its password', async () => {
    const { email, link } = await invite();
    const browser = aBrowser(app);
    await browser.visit(link);
    const passwords = Array.from({ length: 20 }, (_, at) => `nineteen quiet harbours ${String.fromCharCode(97 + at)}`);
    const pages = await browser.submitTogether(
      passwords.map((each) => ({ new_password: each, confirm_password: each })),
    );
    const winners = passwords.filter((_, at) => pages[at]?.status === 200);
    expect(winners).toHaveLength(1);
    expect(pages.every((page) => [200, 410, 503].includes(page.status))).toBe(true);
    const user = await app.app.people.find('plain', email);
    expect(await app.app.people.verifyPassword(user, winners[0] ?? '', '127.0.0.1')).toBe('right');
  });

  it('a link works in its own realm only, and not after its time', async () => {
    const { link } = await invite();
    const browser = aBrowser(app);
    await browser.visit(link.replace('/realms/plain/', '/realms/web1/'));
    expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'invitation', status: 410 });
    expect((await browser.visit(link)).status).toBe(200);
    app.clock.advance(60 * days);
    await browser.visit(link);
    expect({ step: browser.page.step, status: browser.page.status }).toEqual({ step: 'invitation', status: 410 });
  });

  it('its link is told to no log, no audit log and no page after it', async () => {
    const { link } = await invite();
    const secret = link.split('.').at(-1) ?? '';
    const browser = aBrowser(app);
    await browser.visit(link);
    const from = browser.page.url;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const refused = [
      await browser.request(link, { method: 'POST', body: new URLSearchParams(typed).toString(), headers, from }),
      await browser.request(link, { method: 'PUT', from }),
      await browser.request(link, { method: 'POST', body: 'x='.padEnd(2_000_000, 'x'), headers, from }),
      await browser.request(`${link}%00`, { from }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 405, 413, 400]);
    await browser.fill(typed).submit();
    expect(browser.page.status).toBe(200);
    expect(browser.page.url.href).not.toContain(secret);
    expect(browser.page.html).not.toContain(secret);
    expect(JSON.stringify(await told(app, 'plain', {}))).not.toContain(secret);
    expect(app.log()).toContain('"method":"PUT"');
    expect(app.log()).not.toContain(secret);
  });

  it('N18: short and common passwords and ones that differ are refused, and the link still works', async () => {
    const { link } = await invite();
    const browser = aBrowser(app);
    await browser.visit(link);
    for (const [first, second] of [
      ['short', 'short'],
      ['passwordpassword', 'passwordpassword'],
      [password, `${password}!`],
      ['', ''],
    ] as const) {
      const page = await browser.fill({ new_password: first, confirm_password: second }).submit();
      expect({ first, status: page.status, alerts: page.alerts.length > 0 }).toEqual({
        first,
        status: 200,
        alerts: true,
      });
      if (first !== '') expect(page.html).not.toContain(`value="${first}"`);
    }
    await browser.fill(typed).submit();
    expect(browser.page.status).toBe(200);
  });

  it('cannot be invited over a password that is there', async () => {
    const person = await somebody(app, 'plain', { hasApp: false });
    const again = { realm: 'plain', name: 'Else', email: person.user.email ?? '' };
    expect(await app.app.people.invite(again, { kind: 'operator' })).toMatchObject({ ok: false, why: 'has_password' });
    const browser = await toPassword(app, aBrowser(app), 'plain-notes');
    await givePassword(browser, person);
    expect(browser.page.step).toBe('consent');
  });
});
