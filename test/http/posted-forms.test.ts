import { aSiteWithPages, form, open } from './support/pages.ts';
import { type TestSite } from './support/site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await aSiteWithPages();
});
afterAll(() => site.stop());

describe('a posted form', () => {
  it('is read with its token, and leads on with 303', async () => {
    const { token, Cookie } = await open(site);
    const { status, headers } = await site.ask('/realms/one/form', form(`csrf=${token}&code=1`, { Cookie }));
    expect([status, headers.location]).toEqual([303, '/realms/one/done']);
  });

  it('comes back with its faults and what was typed, escaped', async () => {
    const { token, Cookie } = await open(site);
    const { status, body } = await site.ask('/realms/one/form', form(`csrf=${token}&code=%22%3Cx`, { Cookie }));
    expect(status).toBe(422);
    expect(body).toContain('value="&quot;&lt;x"');
    expect(body).toContain('<p role="alert">Wrong: &lt;b&gt;</p>');
  });

  it('without our cookie gets the page that says so', async () => {
    const { token } = await open(site);
    const { status, body } = await site.ask('/realms/one/form', form(`csrf=${token}&code=1`));
    expect(status).toBe(403);
    expect(body).toContain('data-step="cookies-off"');
  });

  it.each([
    ['no token', async () => '', {}],
    ['a made-up token', async () => 'x', {}],
    ['the token of another browser', async () => (await open(site)).token, {}],
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
    const { Cookie } = await open(site);
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
    const { token, Cookie } = await open(site);
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
    const { Cookie } = await open(site);
    const answer = await site.ask('/realms/one/form', form(body, { Cookie, ...(headers as Record<string, string>) }));
    expect(answer.status).toBe(status);
  });
});
