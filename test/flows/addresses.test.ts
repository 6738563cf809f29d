import { type RunningApp, runApp } from '../support/app.ts';
import { forwardingHeaders } from '../support/forwarding-headers.ts';
import type { Visitor } from '../support/visitor.ts';
import { aBrowser, givePassword, somebody, toPassword } from './people.ts';

const malformed = [
  '',
  ',',
  ',,,',
  'unknown',
  '127.0.0.1:80',
  '::ffff:1.2.3.4%eth0',
  '1.2.3',
  '0x7f.1',
  '999.1.1.1',
  '"; DROP',
  'a'.repeat(4000),
];

describe('what requests say of where they come from', () => {
  let app: RunningApp;
  beforeEach(async () => {
    app = await runApp();
  });
  afterEach(() => app.close());

  async function guess(visitor: Visitor, identifier: string, headers: Record<string, string>) {
    const { forms, url } = visitor.page;
    const form = forms.find((each) => each.names.has('password'));
    const body = new URLSearchParams({ identifier, password: 'not the right one' });
    for (const [name, value] of form?.fields ?? []) if (!body.has(name)) body.append(name, value);
    return visitor.request(form?.action ?? '', {
      method: 'POST',
      body: body.toString(),
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      from: url,
    });
  }

  it('fault 11: 200 guesses from 200 forged addresses meet the limit of the one they come from', async () => {
    const visitor = await toPassword(app, aBrowser(app));
    const answers: number[] = [];
    for (let at = 0; at < 200; at += 1) {
      const forged = { 'x-forwarded-for': `203.0.${at}.${at % 250}` };
      answers.push((await guess(visitor, `nobody${at}`, forged)).status);
    }
    expect(answers.slice(0, 100).every((status) => status === 303)).toBe(true);
    expect(answers.slice(100).every((status) => status === 429)).toBe(true);
    const last = await guess(visitor, 'nobody', { 'x-forwarded-for': '198.51.100.1' });
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect(last.body).toContain('data-step="error"');
  });

  it('fault 12: none of twelve forwarding headers moves the guesses of one person to another count', async () => {
    const person = await somebody(app);
    const visitor = await toPassword(app, aBrowser(app));
    const answers: string[] = [];
    for (const [at, name] of forwardingHeaders.entries()) {
      const value = name === 'forwarded' ? `for=203.0.113.${at};host=evil.example` : `203.0.113.${at}`;
      const sent = await guess(visitor, person.username, { [name]: value });
      const { status, body } = await visitor.request(sent.location ?? '', {
        from: sent.url,
        headers: { [name]: value },
      });
      answers.push(`${status} ${/role="alert"/.test(body)} ${/\d+ second/.test(body)}`);
    }
    // The fifth wrong one brings a wait of a second; time stands still, so all that follow meet it.
    expect(answers.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => '200 true false'));
    expect(answers.slice(5)).toEqual(Array.from({ length: 7 }, () => '200 true true'));
  });

  it('fault 13: a malformed address changes nothing, with and without a trusted proxy', async () => {
    const behind = await runApp({ env: { GATEHOUSE_TRUST_PROXY: '127.0.0.1' } });
    for (const here of [app, behind]) {
      const person = await somebody(here);
      for (const value of malformed) {
        const browser = aBrowser(here, { headers: { 'x-forwarded-for': value } });
        await toPassword(here, browser);
        await browser.fill({ identifier: person.username, password: 'not the right one' }).submit();
        expect(browser.page.step).toBe('password');
        await givePassword(browser, person);
        expect({ value, step: browser.page.step }).toEqual({ value, step: 'challenge' });
      }
    }
    await behind.close();
  });

  it('fault 15: addresses in mails and redirects are the configured ones, whatever host a request names', async () => {
    const headers = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '444',
      'x-host': 'evil.example',
      forwarded: 'for=1.2.3.4;host=evil.example;proto=https',
    };
    const person = await somebody(app, 'web1', { hasApp: false });
    const browser = await givePassword(await toPassword(app, aBrowser(app, { headers })), person);
    await browser.submit(/get started/i);
    const secret = browser.page.textOf('[data-secret]')?.replaceAll(' ', '') ?? '';
    await browser.fill({ code: app.code(secret) }).submit();
    expect(browser.page.url.origin).toBe(app.demoOrigin);
    for (const hop of browser.page.hops) {
      expect(hop.body).not.toContain('evil.example');
      expect(JSON.stringify(hop.headers)).not.toContain('evil.example');
    }
    const actor = { kind: 'operator' } as const;
    await app.app.people.invite({ realm: 'web1', name: 'Ina Vited', email: 'ina@web1.example' }, actor);
    while ((await app.app.drain()) > 0);
    while ((await app.app.messaging.workOnce()) > 0);
    const { items } = await app.app.messaging.outbox.list({ limit: 10 });
    expect(items.map(({ to }) => to).sort()).toEqual(['ina@web1.example', person.user.email].sort());
    for (const { text } of items) {
      expect(text).not.toContain('evil.example');
      for (const [address] of text.matchAll(/https?:\/\/\S+/g)) {
        const known = address.startsWith(`${app.origin}/`) || address.startsWith('https://web1.example');
        expect({ address, known }).toEqual({ address, known: true });
      }
    }
    const discovery = await browser.request(`${app.origin}/realms/web1/.well-known/openid-configuration`);
    expect(discovery.body).not.toContain('evil.example');
    expect(discovery.body).toContain(`${app.origin}/realms/web1/auth`);
  });

  it('development answers to its own names only', async () => {
    const browser = aBrowser(app);
    for (const host of ['evil.example', 'localhost.evil.example', '0.0.0.0.nip.io', '169.254.1.1']) {
      const answer = await browser.request(`${app.origin}/`, { headers: { host } });
      expect({ host, status: answer.status }).toEqual({ host, status: 403 });
    }
  });
});
