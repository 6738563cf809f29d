import { aSiteWithPages, routes } from './support/pages.ts';
import { aSite, type TestSite } from './support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await aSiteWithPages();
});
afterAll(() => site.stop());

describe('a page', () => {
  it('carries branding, step, title, and a policy without inline anything', async () => {
    const { status, headers, body } = await site.ask('/realms/one/form');
    expect(status).toBe(200);
    expect(body).toContain('<title>A form · Realm one</title>');
    expect(body).toContain('data-step="test"');
    expect(body).toMatch(/href="\/realms\/one\/theme\.css\?v&#x3D;/);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
        "form-action 'self' https://portal.example com.example.app:; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    });
  });

  it('S3: gives a browser a cookie that scripts cannot read, of the realm', async () => {
    const { headers } = await site.ask('/realms/one/form');
    expect(headers['set-cookie']?.[0]).toMatch(
      /^gatehouse\.forms\.one=[\w-]{32}\.\d+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
    );
  });

  it('S3: uses __Host- cookies and HSTS on https', async () => {
    const secure = await aSite({ routes }, { mode: 'production', origin: 'https://id.example.com' });
    const { headers } = await secure.ask('/realms/one/form', { headers: { Host: 'id.example.com' } });
    expect(headers['set-cookie']?.[0]).toMatch(
      /^__Host-gatehouse\.forms\.one=.+; Path=\/; .*HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    await secure.stop();
  });

  it('belongs to the whole site outside of realms', async () => {
    expect((await site.ask('/')).body).toContain('<title>A form · Gatehouse</title>');
  });

  it('comes in the language asked for, and keeps it', async () => {
    const asked = await site.ask('/realms/one/form?ui_locales=xx%20de-AT');
    expect(asked.body).toContain('<html lang="de" dir="ltr">');
    expect(asked.cookies).toContain('gatehouse-language=de');
    const kept = await site.ask('/realms/one/form', {
      headers: { Cookie: 'gatehouse-language=de', 'Accept-Language': 'en' },
    });
    expect(kept.body).toContain('Ein Formular');
    expect((await site.ask('/realms/one/form', { headers: { 'Accept-Language': 'fr, de;q=0.5' } })).body).toContain(
      'Ein Formular',
    );
  });

  it('links to itself in the other languages, keeping its query', async () => {
    const { body } = await site.ask('/realms/one/form?a=%22%3E');
    expect(body).toContain('<a href="/realms/one/form?a&#x3D;%22%3E&amp;ui_locales&#x3D;de">Deutsch</a>');
  });
});
