import { generateKeyPairSync } from 'node:crypto';
import { createRealms, secretsOf } from '../../src/realm/index.ts';
import { openStore } from '../../src/store/index.ts';
import { operator, type RealmsForTests, shop, someRealms } from './realms-for-tests.ts';

let world: RealmsForTests;
beforeEach(async () => {
  world = await someRealms();
  await world.realms.apply(shop, 'shop.yaml', { actor: operator });
});
afterEach(() => world.close());

describe('setting one thing', () => {
  it.each([
    ['policy.secondFactor', 'required', { policy: { secondFactor: 'required' } }],
    ['policy.idleMinutes', 'off', { policy: { idleMinutes: 'off' } }],
    ['branding.accent', '#ffcc00', { branding: { accent: '#ffcc00', accentInk: '#000000' } }],
    ['languages', ['de'], { languages: ['de'] }],
    ['support.phone', '+1 202 555 0140', { support: { phone: '+1 202 555 0140' } }],
    ['messages.limits.person.day', 9, { messages: { limits: { person: { day: 9 } } } }],
    ['messages.countries', ['DE', 'AT'], { messages: { countries: ['DE', 'AT'] } }],
  ])('%s to %j shows at once', async (path, value, expected) => {
    expect(await world.realms.set('shop', path, value, operator)).toEqual({ ok: true, changed: true });
    expect(await world.realms.get('shop')).toMatchObject(expected);
    expect(await world.realms.set('shop', path, value, operator)).toEqual({ ok: true, changed: false });
    expect((await world.events()).filter((event) => event['type'] === 'realm.changed')).toHaveLength(1);
  });

  it('its own origin: it is found by the host, at once, and not when it has none any more', async () => {
    const origin = 'https://id.shop.example:8443';
    expect(await world.realms.set('shop', 'origin', origin, operator)).toEqual({ ok: true, changed: true });
    expect(await world.realms.at('id.shop.example:8443')).toMatchObject({ id: 'shop', origin });
    expect(await world.realms.at('id.shop.example')).toBeUndefined();
    expect(await world.realms.set('shop', 'origin', null, operator)).toEqual({ ok: true, changed: true });
    expect(await world.realms.at('id.shop.example:8443')).toBeUndefined();
  });

  it('a rule whose parts mean nothing alone is set and taken away whole, and the log shows all of it', async () => {
    const set = (path: string, value: unknown) => world.realms.set('shop', path, value, operator);
    expect(await set('messages.currency', 'EUR')).toEqual({ ok: true, changed: true });
    expect(await set('policy.budget', { perMonth: 50, currency: 'EUR' })).toEqual({ ok: true, changed: true });
    expect(await set('policy.budget.perMonth', 75)).toEqual({ ok: true, changed: true });
    expect((await world.realms.get('shop'))?.policy.budget).toEqual({ perMonth: 75, currency: 'EUR' });
    expect((await set('messages.currency', null)).ok).toBe(false);
    expect(await set('policy.budget', null)).toEqual({ ok: true, changed: true });
    expect((await world.realms.get('shop'))?.policy).not.toHaveProperty('budget');
    const details = (await world.events()).map((event) => event['details'] as Record<string, unknown>);
    expect(details).toContainEqual({ path: 'policy.budget', from: '{"perMonth":75,"currency":"EUR"}', to: 'null' });
  });

  it('null unsets', async () => {
    await world.realms.set('shop', 'policy.secondFactor', null, operator);
    expect((await world.realms.get('shop'))?.policy).not.toHaveProperty('secondFactor');
  });

  it.each([
    ['policy.secondFaktor', 'required', /did you mean "secondFactor"/],
    ['policy.secondFactor', 'yes', /one of off, optional, required/],
    ['policy.methods', ['sms'], /no factor "sms"/],
    ['policy.sessionHours', 1_000, /720/],
    ['name', null, /"name" is missing/],
    ['policy', {}, /./],
    ['policy.budget', { perMonth: 50, currency: 'EUR' }, /currency: must be USD, the currency of the prices/],
    ['policy.budget.perMonth', 50, /currency/],
    ['messages.countries', ['Germany'], /two capital letters/],
    ['messages.prices', [{ prefix: '49', sms: 0.1, voice: 0.1 }], /must have "\*"/],
    ['messages.limits.person.day', 0, /from 1 to/],
    ['messages.limits', { person: { day: 1 } }, /one setting of it at a time/],
    ['realm', 'other', /unknown setting/],
    ['id', 'other', /unknown setting/],
    ['branding.accentInk', '#ffffff', /unknown setting/],
    ['__proto__.polluted', 'yes', /there is no setting/],
    ['constructor', 'yes', /unknown setting/],
    ['origin', 'https://id.example.com', /Gatehouse itself/],
    ['portals.desk.redirectUris', ['http://evil.example/'], /must begin with https/],
    ['portals.desk.scopes', ['profile'], /must have "openid"/],
    ['portals.desk.secrets', 'x', /unknown setting/],
    ['portals.desk.clientId', 'x', /unknown setting/],
  ])('refuses %s = %j', async (path, value, fault) => {
    const report = await world.realms.set('shop', path, value, operator);
    expect(report).toMatchObject({ ok: false, why: 'refused' });
    expect(report.ok ? '' : report.faults.join('\n')).toMatch(fault);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('takes keys and addresses of any number, and tells what fits the audit log', async () => {
    const keys = Array.from({ length: 3 }, (_, at) => ({
      ...generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ format: 'jwk' }),
      kid: `key-${at}`,
    }));
    const settings = { clientId: 'bank', name: 'Bank', redirectUris: ['https://bank.example.com/cb'] };
    const key = { authentication: 'private_key_jwt', jwks: { keys: keys.slice(0, 1) } };
    expect(await world.realms.addPortal('shop', { ...settings, ...key }, operator)).toMatchObject({ ok: true });
    expect(await world.realms.set('shop', 'portals.bank.jwks.keys', keys, operator)).toEqual({
      ok: true,
      changed: true,
    });
    expect((await world.realms.portal('shop', 'bank'))?.jwks?.keys).toEqual(keys);
    const uris = Array.from({ length: 50 }, (_, at) => `https://bank.example.com/callback/${at}/${'x'.repeat(200)}`);
    expect(await world.realms.set('shop', 'portals.bank.redirectUris', uris, operator)).toMatchObject({ ok: true });
    for (const event of await world.events()) expect(JSON.stringify(event).length).toBeLessThan(2_000);
  });

  it('says what is not there', async () => {
    expect(await world.realms.set('nowhere', 'name', 'x', operator)).toMatchObject({ ok: false, why: 'no_realm' });
    expect(await world.realms.set('shop', 'portals.none.name', 'x', operator)).toMatchObject({
      ok: false,
      why: 'no_portal',
    });
  });

  it('of settings changed at once none is lost', async () => {
    const settings = [
      ['policy.sessionHours', 7],
      ['policy.idleMinutes', 45],
      ['policy.acr', 'mfa'],
      ['support.email', 'help@shop.example'],
      ['branding.mark', 'SH'],
    ] as const;
    await Promise.all(settings.map(([path, value]) => world.realms.set('shop', path, value, operator)));
    expect(await world.realms.get('shop')).toMatchObject({
      policy: { sessionHours: 7, idleMinutes: 45, acr: 'mfa' },
      support: { email: 'help@shop.example' },
      branding: { mark: 'SH' },
    });
  });
});

describe('client secrets', () => {
  it('rotate, with the one before for the overlap', async () => {
    const first = await world.realms.rotateSecret('shop', 'desk', { overlapHours: 24, actor: operator });
    const second = await world.realms.rotateSecret('shop', 'desk', { overlapHours: 1, actor: operator });
    const portal = await world.realms.portal('shop', 'desk');
    if (!first.ok || !second.ok || portal === undefined) throw new Error('not rotated');
    expect(secretsOf(portal)).toEqual([
      { secret: second.secret },
      { secret: first.secret, expiresAt: new Date(portal.changedAt.getTime() + 3_600_000).toISOString() },
    ]);
    expect(JSON.stringify(await world.events())).not.toContain(second.secret);
    expect(Buffer.from(second.secret, 'base64url')).toHaveLength(32);
  });

  it('are not for public clients', async () => {
    const rotate = (clientId: string) =>
      world.realms.rotateSecret('shop', clientId, { overlapHours: 0, actor: operator });
    expect(await rotate('till')).toEqual({ ok: false, why: 'no_secret' });
    expect(await rotate('none')).toEqual({ ok: false, why: 'absent' });
  });
});

describe('reading', () => {
  it('sees what another process changed within two seconds', async () => {
    const { dataDir, keyring, clock } = world;
    const store = await openStore({ database: '', dataDir, keyring, clock });
    const other = createRealms({ store, clock, origin: 'https://id.example.com' });
    await store.bootstrap();
    expect((await world.realms.get('shop'))?.name).toBe('Shop');
    await other.set('shop', 'name', 'Store', operator);
    await other.set('shop', 'portals.desk.name', 'Counter', operator);
    clock.advance(2_000);
    expect((await world.realms.get('shop'))?.name).toBe('Store');
    expect((await world.realms.portal('shop', 'desk'))?.name).toBe('Counter');
    await store.close();
  });

  it('does not ask the store for two seconds', async () => {
    const asOfFirst = await world.realms.get('shop');
    expect(await world.realms.get('shop')).toBe(asOfFirst);
    world.clock.advance(1_999);
    expect(await world.realms.get('shop')).toBe(asOfFirst);
    world.clock.advance(1);
    const reread = await world.realms.get('shop');
    expect(reread).not.toBe(asOfFirst);
    expect(reread).toEqual(asOfFirst);
  });

  it('knows nothing of names that are not there', async () => {
    expect(await world.realms.get('__proto__')).toBeUndefined();
    expect(await world.realms.portal('nowhere', 'desk')).toBeUndefined();
    expect(await world.realms.portals('nowhere')).toEqual([]);
    expect((await world.realms.list()).map(({ id }) => id)).toEqual(['shop']);
  });

  it('shows no merge bookkeeping', async () => {
    expect(await world.realms.get('shop')).not.toHaveProperty('applied');
    expect(await world.realms.portal('shop', 'desk')).not.toHaveProperty('createdBy');
  });
});
