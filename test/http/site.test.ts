import { fileURLToPath } from 'node:url';
import type { Route } from '../../src/http/index.ts';
import { GatehouseError } from '../../src/kernel/index.ts';
import { aSite, type TestSite } from './support/site.ts';

const page = { view: 'test/form', step: 'test', titleKey: 'test.title' };
const routes: Route[] = [
  {
    method: 'GET',
    path: '/form',
    handle: (context) =>
      context.render({ ...page, formOrigins: ['https://portal.example/cb?x', 'com.example.app:/cb'] }),
  },
  {
    method: 'POST',
    path: '/form',
    handle: async (context) => {
      const form = await context.form();
      if (form.code === '1') return context.redirect('/done');
      return context.render({
        ...page,
        status: 422,
        values: { code: form.code ?? '' },
        faults: { code: { key: 'test.wrong', params: { what: '<b>' } } },
      });
    },
  },
  { method: 'GET', path: '/other', handle: (context) => context.render(page) },
  { method: 'GET', path: '/broken', handle: () => Promise.reject(new Error('the secret reason')) },
  {
    method: 'GET',
    path: '/limited',
    handle: () => Promise.reject(new GatehouseError('too_many', 'x', { retryAfterS: 7 })),
  },
  { method: 'GET', path: '/strict', handle: (context) => context.render({ ...page, view: 'test/strict' }) },
  { method: 'GET', path: '/elsewhere', handle: async (context) => context.redirect('//evil.example') },
  { method: 'GET', path: '/token/:token', handle: async ({ koa, address }) => void (koa.body = address) },
];

let site: TestSite;
beforeAll(async () => {
  site = await aSite({ routes, siteRoutes: [{ method: 'GET', path: '/', handle: (context) => context.render(page) }] });
});
afterAll(() => site.stop());

const form = (body: string | Buffer, headers: Record<string, string> = {}) => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
});

/** A page's CSRF token and the cookie that goes with it. */
const open = async (path = '/realms/one/form', at = site) => {
  const { body, cookies } = await at.ask(path);
  return { token: /name="csrf" value="([^"]+)"/.exec(body)?.[1] ?? '', Cookie: cookies.join('; ') };
};

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

describe('a posted form', () => {
  it('is read with its token, and leads on with 303', async () => {
    const { token, Cookie } = await open();
    const { status, headers } = await site.ask('/realms/one/form', form(`csrf=${token}&code=1`, { Cookie }));
    expect([status, headers.location]).toEqual([303, '/realms/one/done']);
  });

  it('comes back with its faults and what was typed, escaped', async () => {
    const { token, Cookie } = await open();
    const { status, body } = await site.ask('/realms/one/form', form(`csrf=${token}&code=%22%3Cx`, { Cookie }));
    expect(status).toBe(422);
    expect(body).toContain('value="&quot;&lt;x"');
    expect(body).toContain('<p role="alert">Wrong: &lt;b&gt;</p>');
  });

  it('without our cookie gets the page that says so', async () => {
    const { token } = await open();
    const { status, body } = await site.ask('/realms/one/form', form(`csrf=${token}&code=1`));
    expect(status).toBe(403);
    expect(body).toContain('data-step="cookies-off"');
  });

  it.each([
    ['no token', async () => '', {}],
    ['a made-up token', async () => 'x', {}],
    ['the token of another browser', async () => (await open()).token, {}],
    [
      'the token of another realm',
      async (cookie: string) =>
        (await site.ask('/realms/two/form', { headers: { Cookie: cookie.replace('.one', '.two') } })).body,
      {},
    ],
    [
      'the token of another part of the site',
      async (cookie: string) => (await site.ask('/realms/one/other', { headers: { Cookie: cookie } })).body,
      {},
    ],
  ])('with %s is refused', async (_, tokenFor) => {
    const { Cookie } = await open();
    const found = await tokenFor(Cookie);
    const token = /name="csrf" value="([^"]+)"/.exec(found)?.[1] ?? found;
    const { status } = await site.ask('/realms/one/form', form(`csrf=${token}&code=1`, { Cookie }));
    expect(status).toBe(403);
  });

  it.each([
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'http://localhost:99999', Host: 'localhost:99999' }, 403],
    [{ Origin: 'http://localhost:4001' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'http://localhost:4000', 'Sec-Fetch-Site': 'same-origin' }, 303],
    [{ 'Sec-Fetch-Site': 'none' }, 303],
  ])('sent with %j is answered %i, though its token is right', async (headers, status) => {
    const { token, Cookie } = await open();
    const answer = await site.ask(
      '/realms/one/form',
      form(`csrf=${token}&code=1`, { Cookie, ...(headers as Record<string, string>) }),
    );
    expect(answer.status).toBe(status);
  });

  it.each([
    ['another type', 'code=1', { 'Content-Type': 'application/json' }, 400],
    ['a compressed body', 'code=1', { 'Content-Encoding': 'gzip' }, 400],
    ['B6: more than 64 KiB', `code=${'1'.repeat(70_000)}`, {}, 413],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x3d, 0xff]), {}, 400],
  ])('with %s is refused', async (_, body, headers, status) => {
    const { Cookie } = await open();
    const answer = await site.ask('/realms/one/form', form(body, { Cookie, ...(headers as Record<string, string>) }));
    expect(answer.status).toBe(status);
  });
});

describe('what goes wrong', () => {
  it('becomes a page with a reference number that the log has, and no reason', async () => {
    const { status, body } = await site.ask('/realms/one/broken');
    const reference = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(body)?.[0] ?? 'none';
    expect(status).toBe(500);
    expect(body).not.toContain('secret reason');
    expect(site.lines.find((line) => line.includes(reference) && line.includes('the secret reason'))).toBeDefined();
  });

  it('becomes JSON for those who ask for it', async () => {
    const { status, body } = await site.ask('/realms/one/nothing-of-ours'.replace('one', 'nowhere'), {
      headers: { Accept: 'application/json' },
    });
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ error: 'not_found', message: 'not found' });
  });

  it('says when to come back', async () => {
    const { status, headers } = await site.ask('/realms/one/limited');
    expect([status, headers['retry-after']]).toEqual([429, '7']);
  });

  it('is answered 500 when a template prints what is not there, or a route redirects nowhere', async () => {
    expect((await site.ask('/realms/one/strict')).status).toBe(500);
    expect((await site.ask('/realms/one/elsewhere')).status).toBe(500);
  });

  it('is 405 with the right methods when only the method is wrong', async () => {
    const { status, headers } = await site.ask('/realms/one/form', { method: 'DELETE' });
    expect([status, headers.allow]).toEqual([405, 'GET, POST']);
  });

  it('is 404 in the language of the reader for realms that are not there', async () => {
    const { status, body } = await site.ask('/realms/nowhere/form', { headers: { 'Accept-Language': 'de' } });
    expect(status).toBe(404);
    expect(body).toContain('nicht gefunden');
  });

  it.each([
    '/realms/one/./form',
    '/realms//one/form',
    '/realms/one/form;x',
    '/realms/one/form%00',
    '/realms/%2e/one/form',
    '/realms/one/%c0%ae/form',
  ])('fault 40: %s never reaches a page', async (path) => {
    const { status, body } = await site.ask(path);
    expect(status).toBe(400);
    expect(body).not.toContain('csrf');
  });

  it('has a page in the product as well', async () => {
    const views = fileURLToPath(new URL('../../views', import.meta.url));
    const real = await aSite({ routes }, {}, views);
    const { status, body } = await real.ask('/realms/one/broken');
    expect(status).toBe(500);
    expect(body).toContain('data-step="error"');
    expect((await real.ask('/realms/one/form', form('code=1'))).body).toContain('data-step="cookies-off"');
    await real.stop();
  });

  it('never shows a mailed token in the log', async () => {
    await site.ask('/realms/one/token/hunter2');
    expect(site.lines.join('')).not.toContain('hunter2');
    expect(site.lines.join('')).toContain('one /token/:token');
  });
});

describe('realms', () => {
  it('with an origin of their own answer there, and nowhere else', async () => {
    expect((await site.ask('/form', { headers: { Host: 'own.localhost' } })).body).toContain('Realm own');
    expect((await site.ask('/realms/own/form')).status).toBe(404);
    expect((await site.ask('/realms/one/form', { headers: { Host: 'own.localhost' } })).status).toBe(200);
  });

  it('leave what is no page of ours to their provider, which sees what is configured, not what a client claims', async () => {
    const seen: unknown[] = [];
    const at = await aSite(
      {
        provider: async ({ koa, realm }) => {
          const { host, forwarded, ...others } = koa.req.headers;
          seen.push(realm.id, koa.req.url, (koa.req as { originalUrl?: string }).originalUrl, host, forwarded);
          seen.push(Object.fromEntries(Object.entries(others).filter(([name]) => name.startsWith('x-forwarded'))));
          koa.body = 'ok';
        },
      },
      { mode: 'production', origin: 'https://id.example.com' },
    );
    const headers = {
      Host: 'evil.example',
      Forwarded: 'host=evil',
      'X-Forwarded-Host': 'evil',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Prefix': '/x',
    };
    await at.ask('/realms/one/auth?a=1', { headers });
    expect(seen).toEqual([
      'one',
      '/auth?a=1',
      '/realms/one/auth?a=1',
      'id.example.com',
      undefined,
      { 'x-forwarded-host': 'id.example.com', 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' },
    ]);
    await at.stop();
  });

  it('have their colours in a style sheet that may be kept', async () => {
    const href =
      /href="(\/realms\/one\/theme[^"]+)"/
        .exec((await site.ask('/realms/one/form')).body)?.[1]
        ?.replace('&#x3D;', '=') ?? '';
    const { headers, body } = await site.ask(href);
    expect(body).toContain('--accent: #123456');
    expect(headers['cache-control']).toContain('immutable');
    expect((await site.ask('/realms/one/theme.css?v=old')).headers['cache-control']).toBe('no-cache');
  });
});

describe('assets', () => {
  it('may be kept under their hash, and are served under an old one', async () => {
    const href = /href="(\/assets\/[^"]+)"/.exec((await site.ask('/realms/one/form')).body)?.[1] ?? '';
    const { status, headers, body } = await site.ask(href);
    expect([status, headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
    expect(headers['cache-control']).toContain('immutable');
    expect(body).toContain('--accent');
    expect((await site.ask('/assets/old/a.css')).headers['cache-control']).toBe('no-cache');
    expect((await site.ask(href, { headers: { 'Accept-Encoding': 'br' } })).headers['content-encoding']).toBe('br');
    expect((await site.ask(href, { headers: { 'If-None-Match': String(headers.etag) } })).status).toBe(304);
  });

  it.each(['/assets/x/nothing.css', '/assets/x/..%2flayout.hbs', '/assets/x/../layout.hbs', '/assets/layout.hbs'])(
    'do not lead to %s',
    async (path) => {
      expect([400, 404]).toContain((await site.ask(path)).status);
    },
  );
});

describe('development', () => {
  it.each(['id.example.com', '192.0.2.1:4000', 'localhost.evil.example', '127.0.0.1.nip.io'])(
    'refuses a request for the host %s (DNS rebinding)',
    async (Host) => {
      expect((await site.ask('/', { headers: { Host } })).status).toBe(403);
    },
  );

  it.each(['127.0.0.1:4000', '[::1]:4000', 'localhost', 'web1.localhost:4000'])(
    'answers a request for the host %s',
    async (Host) => {
      expect((await site.ask('/', { headers: { Host } })).status).toBe(200);
    },
  );
});

describe('forwarding headers', () => {
  it('fault 12: of strangers change nothing, those of configured proxies name the client', async () => {
    const headers = {
      'X-Forwarded-For': '198.51.100.7',
      'X-Real-IP': '6.6.6.6',
      'CF-Connecting-IP': '6.6.6.6',
      'X-Client-IP': '6.6.6.6',
      Forwarded: 'for=6.6.6.6',
    };
    expect((await site.ask('/realms/one/token/x', { headers })).body).toBe('127.0.0.1');
    const behind = await aSite({ routes }, { trustProxy: ['127.0.0.1'] });
    expect((await behind.ask('/realms/one/token/x', { headers })).body).toBe('198.51.100.7');
    await behind.stop();
  });
});
