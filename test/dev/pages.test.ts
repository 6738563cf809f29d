import { join } from 'node:path';
import { pino } from 'pino';
import { createDev, type DevParts } from '../../src/dev/index.ts';
import { createHttp, createViews } from '../../src/http/index.ts';
import type { Portal, Realm, Realms } from '../../src/realm/index.ts';
import { type Listening, listen } from '../demo/provider.ts';
import { aClock } from '../support/clock.ts';
import { aKeyring } from '../support/store.ts';
import { Visitor } from '../support/visitor.ts';

const at = new Date('2026-03-02T09:00:00Z');

const realm = (id: string, policy: Realm['policy']): Realm => ({
  id,
  name: `Realm ${id}`,
  branding: { accent: '#123456', accentInk: '#ffffff', mark: 'R' },
  languages: ['en'],
  policy,
  createdAt: at,
  changedAt: at,
});

const portal = (realmId: string, clientId: string, homeUrl: string): Portal => ({
  id: `${realmId}/${clientId}`,
  realm: realmId,
  clientId,
  name: clientId,
  kind: 'web',
  enabled: true,
  redirectUris: [],
  postLogoutRedirectUris: [],
  homeUrl,
  scopes: ['openid'],
  asksConsent: realmId === 'plain',
  policy: {},
  createdAt: at,
  changedAt: at,
});

const all = [realm('web1', { secondFactor: 'required' }), realm('plain', { secondFactor: 'off' })];
const realms: Realms = {
  get: async (id) => all.find((one) => one.id === id),
  at: async () => undefined,
  list: async () => all,
  portal: async () => undefined,
  portals: async (id) => [
    portal(id, `${id}-demo`, `http://localhost:4001/${id}-demo`),
    portal(id, 'real', 'https://portal.example'),
  ],
  issuerOf: (one) => `http://localhost:4000/realms/${one.id}`,
};

const sent = [2, 1].map((n) => ({
  id: `m${n}`,
  at: new Date(at.getTime() + n).toISOString(),
  realm: 'web1',
  channel: 'mail' as const,
  to: 'mia@example.test',
  subject: `Message ${n}`,
  text: 'Hello',
}));

const parts: DevParts = {
  mode: 'development',
  clock: aClock('1970-01-01T00:00:59Z'),
  realms,
  outbox: {
    list: async ({ after }) => (after === undefined ? { items: sent, next: 'n1' } : { items: [] }),
  },
  pressKeys: undefined,
  demo: {
    origin: 'http://localhost:4001',
    realms: () => [
      {
        realm: 'web1',
        people: [
          {
            name: 'Mia',
            email: 'mia@example.test',
            password: 'quiet lantern',
            authenticator: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
          },
        ],
      },
      {
        realm: 'plain',
        about: 'To be tried with a token.',
        people: [{ name: 'Paula', username: 'paula', about: 'Has a token.' }],
        tokens: [
          { credentialId: 'GHST12345678', seed: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU', assignedTo: 'paula' },
          { credentialId: 'GHST00000002', seed: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZL2' },
        ],
      },
      { realm: 'gone', people: [{ name: 'Gone Person', username: 'gone' }] },
    ],
  },
};

describe('development pages', () => {
  let listening: Listening;
  beforeAll(async () => {
    listening = await listen();
    const http = createHttp(
      {
        config: { mode: 'development', origin: listening.origin },
        realms,
        keyring: aKeyring(),
        views: createViews({ directory: join(import.meta.dirname, '../../views'), clock: parts.clock }),
        clock: parts.clock,
        log: pino({ level: 'silent' }),
      },
      { routes: [], provider: () => Promise.reject(new Error('no provider here')), siteRoutes: createDev(parts) },
    );
    listening.answer(http.callback());
  });
  afterAll(() => listening.close());

  const get = async (path: string) => new Visitor().visit(`${listening.origin}${path}`);

  it.each(['/', '/dev/outbox', '/dev/authenticator'])(
    'says of %s that it is English, whatever the reader reads',
    async (path) => {
      const visitor = new Visitor({ headers: { 'accept-language': 'de' } });
      await visitor.visit(`${listening.origin}${path}`);
      expect(visitor.page.html).toContain('<html lang="en"');
      expect(visitor.page.html).not.toContain('class="languages"');
    },
  );

  it('are not to be had in production', () => {
    expect(() => createDev({ ...parts, mode: 'production' })).toThrow('development only');
  });

  it('begin with the demo portals of every realm, and no others', async () => {
    const page = await get('/');
    expect(page).toMatchObject({ status: 200, step: 'dev-start' });
    expect(page.link('Open web1-demo')?.href).toBe('http://localhost:4001/web1-demo');
    expect(page.text).toContain('Password, then a second factor, which is set up on the way.');
    expect(page.html).not.toContain('portal.example');
  });

  it('list the people of realms that are there, with what they type', async () => {
    const { text } = await get('/');
    expect(text).toContain('mia@example.test');
    expect(text).toContain('quiet lantern');
    expect(text).not.toContain('Gone Person');
  });

  it('say what the file says of a realm and its people, and which tokens are for whom', async () => {
    const { text } = await get('/');
    expect(text).toMatch(/To be tried with a token\..*Has a token\..*GHST12345678/);
    expect(text).not.toContain('GHST00000002');
  });

  it('give the outbox as JSON, newest first, with the fields that outsiders rely on', async () => {
    expect((await get('/dev/outbox.json')).json).toEqual(sent);
  });

  it('page through the outbox', async () => {
    const page = await get('/dev/outbox');
    expect(page.text).toMatch(/Message 2.*Message 1/);
    expect(page.link('Older messages')?.search).toBe('?after=n1');
    expect((await get('/dev/outbox?after=n1')).text).toContain('Nothing yet');
  });

  it("show the current codes of demo people's authenticators", async () => {
    const page = await get('/dev/authenticator');
    expect(page.textOf('[data-code]')).toBe('287 082');
    expect(page.text).toMatch(/GHST12345678 \(Paula\).*GHST00000002/);
    expect(page.attribute('noscript meta', 'content')).toBe('1');
  });

  it('show a pasted secret first, and say what is wrong with one that cannot be', async () => {
    const visitor = new Visitor();
    await visitor.visit(`${listening.origin}/dev/authenticator`);
    await visitor.fill({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }).submit();
    expect(visitor.page.all('[data-code]')).toHaveLength(4);
    await visitor.fill({ secret: 'abc<b>' }).submit();
    expect(visitor.page.alerts[0]).toContain('letters A to Z');
    expect(visitor.page.attribute('input[name=secret]', 'value')).toBe('abc<b>');
  });

  it('are never kept by a browser', async () => {
    for (const path of ['/', '/dev/outbox', '/dev/outbox.json', '/dev/authenticator']) {
      expect((await get(path)).headers['cache-control']).toContain('no-store');
    }
  });
});
