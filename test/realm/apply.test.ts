import { type ApplyReport, secretsOf } from '../../src/realm/index.ts';
import { operator, type RealmsForTests, shop, someRealms } from './realms-for-tests.ts';

let world: RealmsForTests;
beforeEach(async () => {
  world = await someRealms();
});
afterEach(() => world.close());

const apply = (text: string, force = false) => world.realms.apply(text, 'shop.yaml', { force, actor: operator });

function lines(report: ApplyReport) {
  if (!report.ok) throw new Error(report.faults.map((fault) => fault.message).join('\n'));
  return report.entries.map(({ outcome, what, id, path }) => [outcome, what, id, path].filter(Boolean).join(' '));
}

describe('applying a realm file', () => {
  it('makes the realm and its portals', async () => {
    expect(lines(await apply(shop))).toEqual(['created realm shop', 'created portal desk', 'created portal till']);
    expect(await world.realms.get('shop')).toMatchObject({
      name: 'Shop',
      branding: { accent: '#0b6e4f', accentInk: '#ffffff', mark: 'S' },
      policy: { secondFactor: 'optional', sessionHours: 12 },
    });
    expect(await world.realms.portal('shop', 'till')).toMatchObject({ id: 'shop/till', kind: 'native', enabled: true });
    expect((await world.realms.portals('shop')).map(({ clientId }) => clientId)).toEqual(['desk', 'till']);
    expect((await world.events()).map((event) => event['type'])).toEqual([
      'realm.created',
      'portal.created',
      'portal.created',
    ]);
  });

  it('again changes nothing and records nothing', async () => {
    await apply(shop);
    const before = await world.events();
    world.clock.advance(60_000);
    expect(lines(await apply(shop))).toEqual([
      'unchanged realm shop',
      'unchanged portal desk',
      'unchanged portal till',
    ]);
    expect(await world.events()).toEqual(before);
  });

  it('applies nothing of a file with a fault', async () => {
    await apply(shop);
    const report = await apply(shop.replace('name: Shop', 'name: Store').replace('clientId: till', 'clientId: "t/l"'));
    expect(report).toMatchObject({ ok: false, faults: [{ file: 'shop.yaml', line: 16 }] });
    expect((await world.realms.get('shop'))?.name).toBe('Shop');
  });

  it('keeps what an admin changed, takes what the file changed, and says both', async () => {
    await apply(shop);
    await world.realms.set('shop', 'policy.sessionHours', 8, operator);
    await world.realms.set('shop', 'policy.idleMinutes', 30, operator);
    await world.realms.set('shop', 'portals.desk.asksConsent', true, operator);
    const report = await apply(shop.replace('secondFactor: optional', 'secondFactor: required'));
    expect(lines(report)).toEqual([
      'changed realm shop policy.secondFactor',
      'kept realm shop policy.sessionHours',
      'kept realm shop policy.idleMinutes',
      'kept portal desk asksConsent',
      'unchanged portal till',
    ]);
    expect((await world.realms.get('shop'))?.policy).toMatchObject({
      secondFactor: 'required',
      sessionHours: 8,
      idleMinutes: 30,
    });
    expect((await world.events()).filter((event) => event['type'] === 'realm.applied')).toMatchObject([
      {
        details: {
          changed: ['policy.secondFactor'],
          kept: ['policy.sessionHours', 'policy.idleMinutes'],
          conflicts: [],
        },
      },
    ]);
  });

  it('keeps the admin’s where both changed, and takes the file’s when forced', async () => {
    await apply(shop);
    await world.realms.set('shop', 'policy.sessionHours', 8, operator);
    const moved = shop.replace('sessionHours: 12', 'sessionHours: 24');
    expect(lines(await apply(moved))[0]).toBe('conflict realm shop policy.sessionHours');
    expect((await world.realms.get('shop'))?.policy.sessionHours).toBe(8);
    expect(lines(await apply(moved))[0]).toBe('kept realm shop policy.sessionHours');
    expect(lines(await apply(moved, true))[0]).toBe('changed realm shop policy.sessionHours');
    expect((await world.realms.get('shop'))?.policy.sessionHours).toBe(24);
    expect((await world.events()).some((event) => (event['details'] as { forced?: boolean }).forced === true)).toBe(
      true,
    );
  });

  it('applies nothing when the file does not go with what was changed since', async () => {
    await apply(shop);
    const uri = 'https://desk.example.com/keys';
    await world.realms.set('shop', 'portals.desk.scopes', ['openid', 'offline_access'], operator);
    const text = shop
      .replace('name: Shop', 'name: Store')
      .replace('name: Desk', `name: Desk\n    grants: [authorization_code]\n    jwksUri: ${uri}`);
    expect((await apply(text)).ok).toBe(false);
    const withKeys = text.replace('jwksUri', 'authentication: private_key_jwt\n    jwksUri');
    expect(await apply(withKeys)).toMatchObject({
      ok: false,
      faults: [{ path: 'portals.desk.scopes', message: expect.stringMatching(/offline_access goes with.*--force/) }],
    });
    expect((await world.realms.get('shop'))?.name).toBe('Shop');
    expect(lines(await apply(withKeys, true))).toContain('changed portal desk grants');
    expect(await world.realms.portal('shop', 'desk')).toMatchObject({
      jwksUri: uri,
      scopes: ['openid', 'profile', 'email'],
    });
  });

  it('disables a portal that the file dropped, and enables it when it is back', async () => {
    await apply(shop);
    const [withoutTill = ''] = shop.split('  - clientId: till');
    expect(lines(await apply(withoutTill))).toEqual([
      'unchanged realm shop',
      'unchanged portal desk',
      'disabled portal till',
    ]);
    expect((await world.realms.portal('shop', 'till'))?.enabled).toBe(false);
    expect(lines(await apply(withoutTill))).toEqual(['unchanged realm shop', 'unchanged portal desk']);
    expect(lines(await apply(shop)).at(-1)).toBe('changed portal till enabled');
    expect((await world.realms.portal('shop', 'till'))?.enabled).toBe(true);
  });

  it('takes a mark, links and an origin away when the file does', async () => {
    const rich = shop.replace(
      'languages',
      'support: { email: help@shop.example }\norigin: https://id.shop.example\nlanguages',
    );
    await apply(rich);
    const realm = await world.realms.get('shop');
    expect(realm && world.realms.issuerOf(realm)).toBe('https://id.shop.example');
    await apply(shop);
    const now = await world.realms.get('shop');
    expect(now).not.toHaveProperty('support');
    expect(now && world.realms.issuerOf(now)).toBe('https://id.example.com/realms/shop');
  });

  it('refuses an origin that another realm, or Gatehouse itself, has', async () => {
    const at = (id: string, origin: string) => shop.replace('realm: shop', `realm: ${id}\norigin: ${origin}`);
    expect((await apply(at('one', 'https://id.shop.example'))).ok).toBe(true);
    expect(await apply(at('two', 'https://id.shop.example'))).toMatchObject({
      ok: false,
      faults: [{ line: 3, path: 'origin' }],
    });
    expect(await apply(at('two', 'https://id.example.com'))).toMatchObject({ ok: false, faults: [{ path: 'origin' }] });
    expect(await world.realms.get('two')).toBeUndefined();
  });

  it('of 10 at once all agree', async () => {
    await Promise.all(Array.from({ length: 10 }, () => apply(shop)));
    expect((await world.events()).map((event) => event['type'])).toEqual([
      'realm.created',
      'portal.created',
      'portal.created',
    ]);
  });
});

describe('a development realm file', () => {
  beforeEach(async () => {
    await world.close();
    world = await someRealms('development');
  });

  const withSecret = shop.replace('name: Desk', 'name: Desk\n    secret: a-secret-in-a-file');

  it('hands its people on, once', async () => {
    const text = `${shop}people: [{ name: Mia, email: mia@example.com, password: quiet lantern }]\n`;
    expect(lines(await apply(text)).at(-1)).toBe('created person mia@example.com');
    expect(lines(await apply(text)).at(-1)).toBe('unchanged person mia@example.com');
    expect(world.added).toMatchObject([{ name: 'Mia', password: 'quiet lantern' }]);
  });

  it('with a password that is refused is not applied at all', async () => {
    const text = `${shop}people:\n  - { name: Mia, email: mia@example.com, password: quiet lantern }\n  - name: Noah\n    username: noah\n    password: password\n`;
    expect(await apply(text)).toEqual({
      ok: false,
      faults: [{ file: 'shop.yaml', line: 24, path: 'people.noah.password', message: 'is one that many people use' }],
    });
    expect(await world.realms.get('shop')).toBeUndefined();
    expect(world.added).toEqual([]);
  });

  it('gives a portal its secret, and keeps one that was rotated since', async () => {
    const secrets = async () =>
      secretsOf((await world.realms.portal('shop', 'desk')) ?? {}).map(({ secret }) => secret);
    await apply(withSecret);
    expect(await secrets()).toEqual(['a-secret-in-a-file']);
    const rotated = await world.realms.rotateSecret('shop', 'desk', { overlapHours: 24, actor: operator });
    const fresh = rotated.ok ? rotated.secret : '';
    expect(await secrets()).toEqual([fresh, 'a-secret-in-a-file']);
    const again = await apply(withSecret);
    expect(lines(again)).toContain('kept portal desk secret');
    expect(JSON.stringify(again)).not.toContain(fresh);
    expect(await secrets()).toEqual([fresh, 'a-secret-in-a-file']);
    await apply(withSecret, true);
    expect(await secrets()).toEqual(['a-secret-in-a-file']);
    await apply(shop);
    expect(await secrets()).toEqual([]);
  });

  it('S2: secrets are in no event and no report', async () => {
    const report = await apply(withSecret);
    expect(JSON.stringify([report, await world.events()])).not.toContain('a-secret-in-a-file');
  });
});
