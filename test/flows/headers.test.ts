import type { IncomingHttpHeaders } from 'node:http';
import { type RunningApp, runApp } from '../support/app.ts';
import { aBrowser, givePassword, somebody, toChallenge, toPassword } from './people.ts';

function policyOf(headers: IncomingHttpHeaders): ReadonlyMap<string, readonly string[]> {
  const policy = String(headers['content-security-policy'] ?? '');
  return new Map(
    policy
      .split(';')
      .map((part) => part.trim().split(/\s+/))
      .map(([name = '', ...values]) => [name, values]),
  );
}

describe('what every answer carries', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await runApp();
  });
  afterAll(() => app.close());

  const browse = async (path: string) => {
    const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
    await browser.visit(`${app.origin}${path}`);
    return browser.page;
  };

  it.each([
    '/',
    '/dev/outbox',
    '/dev/authenticator',
    '/nowhere',
    '/realms/web1',
    '/realms/nobody',
    '/realms/web1/auth',
    '/realms/web1/auth/unknown',
    '/realms/web1/session/end',
    '/realms/web1/session/end/success',
    '/realms/web1/sign-in/unknown',
    '/realms/web1/invitation/unknown',
    '/realms/web1/%2e%2e/plain',
    '/realms/web1/theme.css',
    '/healthz',
  ])('S3: %s answers with a policy that allows nothing it does not need', async (path) => {
    const { headers, status } = await browse(path);
    expect(status).toBeLessThan(500);
    const policy = policyOf(headers);
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policy.get('base-uri')).toEqual(["'none'"]);
    for (const [directive, sources] of policy) {
      for (const source of sources) {
        expect({ directive, source }).not.toMatchObject({
          source: expect.stringMatching(/unsafe|^\*|^https?:$|^data:/),
        });
      }
    }
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('S3: pages of a sign-in post to themselves and to the portal they lead back to, and to nobody else', async () => {
    const person = await somebody(app, 'web1', { hasApp: false });
    const browser = await toPassword(app, aBrowser(app));
    const pages = [browser.page];
    await givePassword(browser, person);
    pages.push(browser.page);
    await browser.submit(/get started/i);
    pages.push(browser.page);
    expect(pages.map((page) => page.step)).toEqual(['password', 'protect-account', 'enrol-app']);
    for (const page of pages) {
      const { headers, html } = page;
      expect(policyOf(headers).get('form-action')).toEqual(["'self'", app.demoOrigin]);
      expect(headers['cache-control']).toBe('no-store');
      expect(html).not.toMatch(/\sstyle="|<script(?![^>]*\ssrc=)|\son\w+="|javascript:/i);
      for (const element of page.all('script[src], link[href], img[src]')) {
        const address = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
        expect(new URL(address, app.origin).origin).toBe(app.origin);
      }
    }
  });

  it('cookies are HttpOnly and SameSite=Lax; plain names on http; bound to a path where they belong to one sign-in', async () => {
    const person = await somebody(app);
    const browser = aBrowser(app, { stopAt: [app.demoOrigin] });
    const start = await browser.request(`${app.demoOrigin}/web1-mail/sign-in`);
    await browser.visit(start.location ?? '');
    await givePassword(browser, person);
    app.clock.advance(30_000);
    await browser.fill({ code: app.code(person.secret) }).submit();
    const cookies = browser.cookies.all().filter(({ name }) => !name.startsWith('demo_'));
    expect(cookies.map(({ name }) => name)).toEqual(expect.arrayContaining(['web1-session', 'gatehouse.forms.web1']));
    for (const cookie of cookies) {
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'lax', hostOnly: true, secure: false });
      expect(cookie.name).not.toMatch(/^__/);
    }
    const other = await toChallenge(app, aBrowser(app), person);
    const bound = other.cookies.all().filter(({ name }) => /-(sign-in|resume)(\.sig)?$/.test(name));
    expect(bound.length).toBeGreaterThanOrEqual(2);
    for (const { path } of bound) expect(path).toMatch(/^\/realms\/web1\/(sign-in|auth)\/[\w-]+$/);
  });
});
