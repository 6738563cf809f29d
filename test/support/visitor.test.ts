import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Visitor } from './visitor.ts';

const html = `<!doctype html><title>Sign in &amp; go</title><body>
<form action="/language" method="post"><button name="lang" value="de">Deutsch</button></form>
<main data-step="password"><div role="alert">Wrong &lt;password&gt;</div>
<form action="/post?x=1" method="post"><input type="hidden" name="csrf" value="a&amp;b">
<input name="identifier" value="mia"><input name="password" type="password"><input type="checkbox" name="remember" value="yes">
<button name="go" value="1">Sign in</button><button name="go" value="2" formaction="/other">Not now</button></form>
<a href="/next">Next page</a></main>`;

describe('Visitor', () => {
  let server: Server;
  let origin: string;
  const posts: { url: string; body: string; site: string | string[] | undefined; cookie: string | undefined }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { url = '', method, headers } = request;
        if (method === 'POST') posts.push({ url, body, site: headers['sec-fetch-site'], cookie: headers.cookie });
        if (url === '/form')
          response.setHeader('set-cookie', ['a=1; Path=/; HttpOnly', 'b=2; Path=/post', '__Host-c=3; Path=/']);
        if (url === '/forget') response.setHeader('set-cookie', 'a=; Path=/; Max-Age=0');
        if (method === 'POST') response.writeHead(303, { location: '/done' }).end();
        else if (url === '/out') response.writeHead(302, { location: 'http://portal.test:1/callback?code=1' }).end();
        else response.end(url === '/form' ? html : `<p>${headers.cookie ?? 'no cookies'}</p>`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => posts.splice(0));

  it('reads step, title, alerts and fields, and posts what a browser would', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${origin}/form`);
    expect(visitor.page).toMatchObject({ step: 'password', title: 'Sign in & go', alerts: ['Wrong <password>'] });
    await visitor.fill({ password: 'x y' }).submit();
    expect(posts).toEqual([
      {
        url: '/post?x=1',
        body: 'csrf=a%26b&identifier=mia&password=x+y&go=1',
        site: 'same-origin',
        cookie: 'b=2; a=1',
      },
    ]);
    expect(visitor.page.text).toBe('a=1');
    expect(visitor.page.hops.map((hop) => hop.status)).toEqual([303, 200]);
  });

  it('picks a form by its button and honours formaction', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${origin}/form`);
    await visitor.submitOnce('Not now');
    await visitor.visit(`${origin}/form`);
    await visitor.submitOnce('lang=de');
    expect(posts.map((post) => [post.url, post.body])).toEqual([
      ['/other', 'csrf=a%26b&identifier=mia&password=&go=2'],
      ['/language', 'lang=de'],
    ]);
  });

  it('forgets a cookie that expired, and shares none with another visitor', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${origin}/form`);
    await visitor.visit(`${origin}/forget`);
    expect((await visitor.visit(`${origin}/`)).text).toBe('no cookies');
    expect((await new Visitor().visit(`${origin}/`)).text).toBe('no cookies');
  });

  it('stops before leaving to an address it was told of', async () => {
    const visitor = new Visitor({ stopAt: ['http://portal.test'] });
    await visitor.visit(`${origin}/out`);
    expect(visitor.page.location?.searchParams.get('code')).toBe('1');
  });

  it('posts one form many times at once', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${origin}/form`);
    const pages = await visitor.submitTogether([{ password: 'a' }, { password: 'b' }]);
    expect(pages).toHaveLength(2);
    expect(posts.map((post) => new URLSearchParams(post.body).get('password')).sort()).toEqual(['a', 'b']);
  });

  it('refuses to fill in a field that is not there', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${origin}/form`);
    expect(() => visitor.fill({ code: '1' })).toThrow('no field "code"');
  });
});
