import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeys, type Keys } from '../../src/oidc/keys.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

describe('the keys of a realm', () => {
  let storage: StoreForTests;
  let stores: Store[];
  let processes: Keys[];
  beforeEach(async () => {
    storage = await aStore();
    const { dataDir, keyring, clock } = storage;
    const open = () => openStore({ database: '', dataDir, keyring, clock });
    stores = [storage.store, ...(await Promise.all([open(), open(), open(), open()]))];
    processes = stores.map((store) => createKeys({ store, clock, aheadS: 3_600, signedLifeS: async () => 86_400 }));
    for (const store of stores) await store.bootstrap();
  });
  afterEach(async () => {
    for (const store of stores.slice(1)) await store.close();
    await storage.close();
  });

  it('are made once, also when five processes start together', async () => {
    const made = await Promise.all(processes.map((one) => one.of('web1')));
    expect(new Set(made.map(({ version }) => version)).size).toBe(1);
    expect(new Set(made.map(({ jwks }) => JSON.stringify(jwks))).size).toBe(1);
    expect(made[0]!.jwks.keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256', 'EdDSA']);
  });

  it('differ from realm to realm', async () => {
    const [one, other] = await Promise.all([processes[0]!.of('web1'), processes[0]!.of('plain')]);
    expect(one.cookieKeys).not.toEqual(other.cookieKeys);
    expect(one.jwks.keys[0]!.n).not.toBe(other.jwks.keys[0]!.n);
  });

  it('S2: are sealed at rest', async () => {
    const { jwks, cookieKeys } = await processes[0]!.of('web1');
    await storage.store.close();
    const files = readdirSync(storage.dataDir, { withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.map(({ name }) => readFileSync(join(storage.dataDir, name), 'latin1')).join('');
    expect(bytes).toContain('oidc_keys');
    for (const secret of [...jwks.keys.map(({ d }) => d!), ...cookieKeys]) expect(bytes).not.toContain(secret);
  });

  it('are read again after two seconds, and stay the same object while they are the same', async () => {
    const first = await processes[0]!.of('web1');
    storage.clock.advance(2_000);
    expect(await processes[0]!.of('web1')).toBe(first);
  });
});
