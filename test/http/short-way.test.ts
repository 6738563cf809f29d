import type { Onlooker } from '../../src/http/index.ts';
import { GatehouseError } from '../../src/kernel/index.ts';
import { aSite, type TestSite } from './support/site.ts';

describe('the short way of what programs ask', () => {
  let site: TestSite | undefined;
  afterEach(() => site?.stop());

  const asked: string[] = [];
  const answering: Parameters<typeof aSite>[0] = {
    answerProgram: async (realm, request, response, address) => {
      asked.push(`${realm} ${request.url} for ${request.headers.host} at ${address}`);
      response.end('short');
      return true;
    },
    provider: async ({ koa }) => void (koa.body = 'long'),
  };
  beforeEach(() => void asked.splice(0));
  const answered = ({ lines }: TestSite) => lines.filter((line) => line.includes('"answered"'));

  it.each([
    ['/realms/one/token', 'one /token for localhost:4000'],
    ['/realms/two/me', 'two /me for localhost:4000'],
    ['/realms/one/token/introspection', 'one /token/introspection for localhost:4000'],
    ['/realms/one/.well-known/openid-configuration', 'one /.well-known/openid-configuration for localhost:4000'],
    ['/realms/one/me?scope=openid', 'one /me?scope=openid for localhost:4000'],
  ])('leads %s to the provider, which sees what is configured', async (path, seen) => {
    site = await aSite(answering);
    expect((await site.ask(path)).body).toBe('short');
    expect(asked).toEqual([`${seen} at 127.0.0.1`]);
  });

  it('finds a realm with an origin of its own by the host, and nowhere else', async () => {
    site = await aSite(answering, { mode: 'production' });
    expect((await site.ask('/token', { headers: { Host: 'own.localhost' } })).body).toBe('short');
    expect(asked).toEqual(['own /token for own.localhost at 127.0.0.1']);
    expect((await site.ask('/realms/own/token')).status).toBe(404);
    expect((await site.ask('/token')).status).toBe(404);
  });

  it.each([
    '/realms/one/auth',
    '/realms/one/session/end',
    '/realms/one/Token',
    '/realms/one/%74oken',
    '/realms/one/me/',
  ])('is not for %s', async (path) => {
    site = await aSite(answering);
    expect((await site.ask(path)).body).toBe('long');
    expect(asked).toEqual([]);
  });

  it('keeps the headers of every answer, and leaves one line in the log, with the route and a reference', async () => {
    site = await aSite(answering);
    const [long, short] = [await site.ask('/realms/one/auth'), await site.ask('/realms/one/token')];
    for (const name of ['content-security-policy', 'x-content-type-options', 'x-frame-options', 'referrer-policy']) {
      expect([name, short.headers[name]]).toEqual([name, long.headers[name]]);
    }
    const [, line, ...more] = answered(site).map((each) => JSON.parse(each) as Record<string, unknown>);
    expect(line).toMatchObject({ route: 'one provider /token', status: 200, isComplete: true, address: '127.0.0.1' });
    expect(line).toHaveProperty('reference', expect.stringMatching(/^\w{4}-\w{4}$/));
    expect(more).toEqual([]);
  });

  it('ends on the long way with what is left open: the same request, one reference, one look at it', async () => {
    const looked: string[] = [];
    const onlooker: Onlooker = async ({ method, path }, next) => {
      looked.push(`${method} ${path}`);
      await next();
    };
    const left = { ...answering, onlooker, answerProgram: async () => false };
    site = await aSite({
      ...left,
      provider: async ({ koa }) => {
        asked.push(koa.originalUrl);
        throw new GatehouseError('bad_request', 'left open');
      },
    });
    const answer = await site.ask('/realms/one/token?x=1', { headers: { Accept: 'application/json' } });
    expect([answer.status, asked, looked]).toEqual([400, ['/realms/one/token?x=1'], ['GET /realms/one/token']]);
    const { reference } = JSON.parse(answer.body) as { reference: string };
    expect(answered(site)).toEqual([expect.stringContaining(reference)]);
  });

  it('is closed to other machines and names in development, and to realms that are none', async () => {
    site = await aSite(answering);
    expect((await site.ask('/realms/one/token', { headers: { Host: 'evil.example' } })).status).toBe(403);
    expect((await site.ask('/realms/none/token')).status).toBe(404);
    expect(asked).toEqual([]);
  });
});
