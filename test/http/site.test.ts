import { aSiteWithPages, routes } from './support/pages.ts';
import { aSite, type TestSite } from './support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await aSiteWithPages();
});
afterAll(() => site.stop());

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
