import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { parse } from 'yaml';
import { secretsOf } from '../../src/realm/index.ts';
import { createLeases, createSweeper } from '../../src/store/index.ts';
import { runGatehouse } from './gatehouse.ts';
import { operator, type RealmsForTests, shop, someRealms } from './realms-for-tests.ts';

let world: RealmsForTests;
let directory: string;
beforeEach(async () => {
  world = await someRealms();
  await world.realms.apply(shop, 'shop.yaml', { actor: operator });
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-portals-'));
});
afterEach(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

const portal = (...words: string[]) => runGatehouse(world.realms, 'portal', ...words);
const callback = 'https://crm.example.com/login/oauth2/code/gatehouse';
const addCrm = (...more: string[]) =>
  portal('add', 'shop', 'crm', '--name', 'CRM', '--redirect-uri', callback, ...more);
const eventsOfCrm = async () => (await world.events()).filter((event) => event['portal'] === 'crm');
const secretNow = async () => secretsOf((await world.realms.portal('shop', 'crm')) ?? {})[0]?.secret ?? '';

describe('gatehouse portal add', () => {
  it('prints what the software needs, with the secret, this once', async () => {
    const added = await addCrm('--scope', 'openid', '--scope', 'email');
    const secret = await secretNow();
    expect(added).toEqual({
      out: `issuer              https://id.example.com/realms/shop
discovery URL       https://id.example.com/realms/shop/.well-known/openid-configuration
client id           crm
client secret       ${secret}   (shown this once)
authentication      client_secret_basic or client_secret_post
grants              authorization_code
redirect URIs       ${callback}
scopes              openid email
ID token algorithm  RS256
required            PKCE with S256
`,
      err: '',
      code: 0,
    });
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const shown = await portal('show', 'shop', 'crm');
    expect(shown.out).toContain('https://id.example.com/realms/shop/.well-known/openid-configuration');
    expect(shown.out + (await portal('show', 'shop', 'crm', '--json')).out).not.toContain(secret);
  });

  it('is for programs with --json', async () => {
    const { out } = await addCrm('--json', '--post-logout-redirect-uri', 'https://crm.example.com/');
    expect(JSON.parse(out)).toEqual({
      issuer: 'https://id.example.com/realms/shop',
      discoveryUrl: 'https://id.example.com/realms/shop/.well-known/openid-configuration',
      clientId: 'crm',
      clientSecret: await secretNow(),
      name: 'CRM',
      kind: 'web',
      authentication: 'secret',
      grants: ['authorization_code'],
      redirectUris: [callback],
      postLogoutRedirectUris: ['https://crm.example.com/'],
      scopes: ['openid', 'profile', 'email'],
      resources: [],
      idTokenAlg: 'RS256',
      pkce: 'S256',
      requirePar: false,
      requireDpop: false,
    });
  });

  it('leaves its record in the write that made it, without the secret', async () => {
    await addCrm();
    const events = await eventsOfCrm();
    expect(events).toMatchObject([{ type: 'portal.created', realm: 'shop', actor: operator }]);
    expect(JSON.stringify(events)).not.toContain(await secretNow());
  });

  it('knows the settings of Spring Boot as YAML that Spring reads', async () => {
    const { out } = await addCrm('--for', 'spring');
    expect(parse(out)).toEqual({
      spring: {
        security: {
          oauth2: {
            client: {
              registration: {
                gatehouse: {
                  'client-id': 'crm',
                  'client-secret': await secretNow(),
                  'authorization-grant-type': 'authorization_code',
                  'redirect-uri': callback,
                  scope: 'openid,profile,email',
                },
              },
              provider: { gatehouse: { 'issuer-uri': 'https://id.example.com/realms/shop' } },
            },
          },
        },
      },
    });
  });

  it.each([
    ['apache', [/^OIDCProviderMetadataURL https:\S+\/\.well-known\/openid-configuration$/m, /^OIDCPKCEMethod S256$/m]],
    ['oauth2-proxy', [/^oidc_issuer_url = "https:\S+\/shop"$/m, /^cookie_secret = "[\w-]{43}"$/m]],
    ['nextauth', [/^ {2}issuer: "https:\S+\/shop",$/m, /^ {2}idToken: false,$/m]],
  ])('knows the settings of %s', async (software, lines) => {
    const { out } = await addCrm('--for', software);
    for (const line of [...lines, await secretNow()]) expect(out).toMatch(line);
  });

  it('makes portals with a key, of which no secret exists', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const path = join(directory, 'keys.json');
    await writeFile(path, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }));
    const added = await addCrm('--authentication', 'private_key_jwt', '--jwks', path, '--json');
    expect(JSON.parse(added.out)).toMatchObject({ authentication: 'private_key_jwt', clientSecret: null });
    expect(await world.realms.portal('shop', 'crm')).not.toHaveProperty('secrets');
    expect((await world.realms.portal('shop', 'crm'))?.jwks?.keys).toMatchObject([{ kid: 'one', kty: 'EC' }]);
    expect(await portal('show', 'shop', 'crm', '--for', 'apache')).toMatchObject({ code: 1, out: '' });
  });

  it.each([
    [['add', 'shop', 'desk', '--name', 'Desk', '--redirect-uri', callback], /has a portal "desk" already/],
    [['add', 'none', 'crm', '--name', 'CRM', '--redirect-uri', callback], /there is no realm "none"/],
    [['add', 'shop', 'crm', '--name', 'CRM'], /redirectUris: must have at least one address/],
    [['add', 'shop', 'crm', '--name', 'CRM', '--redirect-uri', 'http://crm.example.com/'], /must begin with https/],
    [['add', 'shop', 'c/m', '--name', 'CRM', '--redirect-uri', callback], /clientId: must be 1 to 64/],
    [['add', 'shop', 'crm', '--name', 'CRM', '--kind', 'wep'], /kind: must be one of .*did you mean "web"/],
    [['add', 'shop', 'crm', '--name', 'CRM', '--jwks', '/nowhere/keys.json'], /keys\.json is not there/],
  ])('refuses %j', async (words, why) => {
    expect(await portal(...words)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(why) });
    expect((await world.realms.portals('shop')).map(({ clientId }) => clientId)).toEqual(['desk', 'till']);
  });

  it('of 20 at once one makes the portal', async () => {
    const settings = { clientId: 'crm', name: 'CRM', redirectUris: [callback] };
    const reports = await Promise.all(
      Array.from({ length: 20 }, () => world.realms.addPortal('shop', settings, operator)),
    );
    const won = reports.flatMap((report) => (report.ok ? [report.secret] : []));
    expect(won).toEqual([await secretNow()]);
  });
});

describe('gatehouse portal rotate-secret', () => {
  it('shows a new client secret once', async () => {
    expect((await portal('rotate-secret', 'shop', 'desk')).out).toMatch(/^[\w-]{43}\n$/);
    expect(await portal('rotate-secret', 'shop', 'till')).toMatchObject({ code: 1, out: '' });
    expect(await portal('rotate-secret', 'shop', 'none')).toMatchObject({ code: 1, out: '' });
  });
});

describe('gatehouse portal remove', () => {
  it('ends it at once, tells, and makes room for another of that name', async () => {
    await addCrm();
    const first = await secretNow();
    expect(await portal('remove', 'shop', 'crm')).toEqual({ out: 'removed crm\n', err: '', code: 0 });
    expect(await world.realms.portal('shop', 'crm')).toBeUndefined();
    expect((await portal('list', 'shop')).out).not.toContain('crm');
    for (const words of [['remove'], ['show'], ['rotate-secret']])
      expect(await portal(...words, 'shop', 'crm')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/has no portal "crm"/),
      });
    expect(await world.realms.set('shop', 'portals.crm.name', 'X', operator)).toMatchObject({ why: 'no_portal' });
    expect((await addCrm()).code).toBe(0);
    expect(await secretNow()).not.toBe(first);
    expect((await eventsOfCrm()).map((event) => event['type'])).toEqual([
      'portal.created',
      'portal.removed',
      'portal.created',
    ]);
  });

  it('leaves nothing once its record was delivered', async () => {
    await addCrm();
    await portal('remove', 'shop', 'crm');
    const { store, clock } = world;
    const portals = store.collections().find(({ declaration }) => declaration.name === 'portals');
    const sweeper = createSweeper({
      store,
      collections: store.collections(),
      leases: createLeases({ store, clock }),
      clock,
    });
    clock.advance(60_000);
    await sweeper.sweepOnce();
    expect(await portals?.get('shop/crm')).toMatchObject({ enabled: false });
    await portals?.update('shop/crm', (doc) => ({ ...doc, outbox: [] }));
    await sweeper.sweepOnce();
    expect(await portals?.get('shop/crm')).toBeUndefined();
  });

  it('leaves one of a realm file to the file; dropped there, it can go', async () => {
    expect(await portal('remove', 'shop', 'till')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/stands in a realm file/),
    });
    await world.realms.apply(shop.slice(0, shop.indexOf('  - clientId: till')), 'shop.yaml', { actor: operator });
    expect((await portal('remove', 'shop', 'till')).code).toBe(0);
    const back = await world.realms.apply(shop, 'shop.yaml', { actor: operator });
    expect(back.ok && back.entries.at(-1)).toEqual({ what: 'portal', id: 'till', outcome: 'created' });
    expect((await world.realms.portal('shop', 'till'))?.enabled).toBe(true);
  });
});
