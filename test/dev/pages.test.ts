import Koa from 'koa';
import { createDev, type DevParts } from '../../src/dev/index.ts';
import type { PageRequest } from '../../src/http/index.ts';
import type { Portal, Realm, Realms } from '../../src/realm/index.ts';
import { type Listening, listen } from '../demo/provider.ts';
import { aClock } from '../support/clock.ts';
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
    put: async () => {},
    list: async ({ after }) => (after === undefined ? { items: sent, next: 'n1' } : { items: [] }),
  },
  demo: {
    origin: 'http://localhost:4001',
    people: () => [
      {
        realm: 'web1',
        name: 'Mia',
        email: 'mia@example.test',
        password: 'right',
        authenticator: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      },
      { realm: 'gone', name: 'Nobody', username: 'nobody' },
    ],
  },
  render: async (context, page: PageRequest) => {
    context.body = page;
  },
};

describe('development pages', () => {
  let listening: Listening;
  beforeAll(async () => {
    listening = await listen();
    const app = new Koa();
    app.use(createDev(parts));
    listening.answer(app.callback());
  });
  afterAll(() => listening.close());

  const get = async (path: string) => new Visitor().visit(`${listening.origin}${path}`);
  const model = async (path: string) => ((await get(path)).json as PageRequest).model;

  it('are not to be had in production', () => {
    expect(() => createDev({ ...parts, mode: 'production' })).toThrow('development only');
  });

  it('lists the demo portals of every realm, and no others', async () => {
    expect(await model('/')).toMatchObject({
      portals: [
        { name: 'web1-demo', href: 'http://localhost:4001/web1-demo', about: expect.stringContaining('second factor') },
        { name: 'plain-demo', about: 'A password is enough. The portal must be agreed to.' },
      ],
    });
  });

  it('lists the people of realms that are there, with what they type', async () => {
    expect((await model('/'))?.['people']).toEqual([
      {
        name: 'Mia',
        realm: 'web1',
        realmName: 'Realm web1',
        identifier: 'mia@example.test',
        password: 'right',
        hasAuthenticator: true,
      },
    ]);
  });

  it('gives the outbox as JSON, newest first, with the fields that outsiders rely on', async () => {
    expect((await get('/dev/outbox.json')).json).toEqual(sent);
  });

  it('pages through the outbox', async () => {
    expect(await model('/dev/outbox')).toMatchObject({ olderHref: '/dev/outbox?after=n1' });
    expect(await model('/dev/outbox?after=n1')).toEqual({ messages: [] });
  });

  it("shows the current codes of demo people's authenticators", async () => {
    expect(await model('/dev/authenticator')).toMatchObject({
      accounts: [{ label: 'Mia (mia@example.test)', issuer: 'Realm web1', code: '287082', codeSpaced: '287 082' }],
      refreshS: 1,
    });
  });

  it('shows a pasted secret first, and says what is wrong with one that cannot be', async () => {
    const shown = await model('/dev/authenticator?secret=GEZDGNBVGY3TQOJQ');
    expect(shown).toMatchObject({ accounts: [{ isPasted: true }, { isPasted: false }] });
    expect(await model('/dev/authenticator?secret=abc')).toMatchObject({ fault: 'too_short', pasted: 'abc' });
  });

  it('leaves everything else to others', async () => {
    expect((await get('/dev')).status).toBe(404);
    expect((await new Visitor().request(`${listening.origin}/`, { method: 'POST' })).status).toBe(404);
  });
});
