import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter } from 'oidc-provider';
import { artifactId, createAdapterFactory, DeviceAnswered, newArtifactId } from '../../src/oidc/adapter.ts';
import { type Artifacts, openArtifacts } from '../../src/oidc/collections.ts';
import { createReuses } from '../../src/oidc/reuse.ts';
import { aStore, type StoreForTests } from '../support/store.ts';

describe('an id that begins with its moment', () => {
  const at = (ms: number) => newArtifactId(new Date(ms));

  it('lies where its moment does, and is told by nothing but itself', () => {
    const [early, late] = [at(1_764_000_000_000), at(1_764_000_000_001)];
    const [first, second] = [artifactId('web1', early), artifactId('web1', late)];
    expect(first < second).toBe(true);
    expect(at(0) < at(9e12)).toBe(true);
    expect(artifactId('web1', early)).toBe(first);
    // Who reads the file learns when it was given, and nothing that would be taken for it.
    expect(first).not.toContain(early.slice(9));
    const another = `${early.slice(0, -1)}${early.endsWith('A') ? 'B' : 'A'}`;
    expect(artifactId('web1', another)).not.toBe(first);
    expect(artifactId('web1', another).slice(0, 14)).toBe(first.slice(0, 14));
  });

  it('has as much in it that nobody guesses as any other', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => at(0))).size).toBe(1_000);
    expect(at(0).slice(9)).toMatch(/^[\w-]{43}$/);
  });
});

describe('the adapter', () => {
  let storage: StoreForTests;
  let artifacts: Artifacts;
  let web1: (model: string) => Adapter;
  let plain: (model: string) => Adapter;
  beforeEach(async () => {
    storage = await aStore();
    artifacts = openArtifacts(storage.store);
    const reuses = createReuses(storage);
    await storage.store.bootstrap();
    web1 = createAdapterFactory(artifacts, 'web1', storage.clock, reuses);
    plain = createAdapterFactory(artifacts, 'plain', storage.clock, reuses);
  });
  afterEach(() => storage.close());

  it.each(['Session', 'Interaction', 'Grant', 'AuthorizationCode', 'AccessToken', 'RefreshToken'])(
    '%s comes back as it was given, in its realm only, until it expires or is destroyed',
    async (model) => {
      const payload = {
        kind: model,
        jti: 'secret-id',
        iat: 1,
        exp: 2,
        grantId: 'g',
        accountId: 'mia',
        uid: 'u',
        nested: { list: [1] },
      };
      await web1(model).upsert('secret-id', payload, 60);
      expect(await web1(model).find('secret-id')).toEqual(payload);
      expect(await plain(model).find('secret-id')).toBeUndefined();
      storage.clock.advance(59_999);
      expect(await web1(model).find('secret-id')).toEqual(payload);
      storage.clock.advance(1);
      expect(await web1(model).find('secret-id')).toBeUndefined();
      storage.clock.advance(-30_000);
      await web1(model).destroy('secret-id');
      expect(await web1(model).find('secret-id')).toBeUndefined();
    },
  );

  it('keeps a device code an hour longer, so that a late device learns that it expired', async () => {
    const payload = { kind: 'DeviceCode', jti: 'd', exp: 2 };
    await web1('DeviceCode').upsert('d', payload, 60);
    storage.clock.advance(60_000 + 3_599_999);
    expect(await web1('DeviceCode').find('d')).toEqual(payload);
    storage.clock.advance(1);
    expect(await web1('DeviceCode').find('d')).toBeUndefined();
  });

  it('of 50 answers for one device the first counts, and none after it was used', async () => {
    const code = { kind: 'DeviceCode', jti: 'd', userCode: 'BCDF' };
    await web1('DeviceCode').upsert('d', code, 60);
    await web1('DeviceCode').upsert('d', { ...code, inFlight: true }, 60);
    await expect(web1('DeviceCode').upsert('d', { ...code, inFlight: true }, 60)).rejects.toThrow(DeviceAnswered);
    const answers = Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0 ? { kind: 'DeviceCode', jti: 'd', accountId: `p${index}` } : { ...code, error: 'access_denied' },
    );
    const tries = await Promise.allSettled(answers.map((answer) => web1('DeviceCode').upsert('d', answer, 60)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await web1('DeviceCode').findByUserCode('BCDF')).toBeDefined();
    await web1('DeviceCode').consume('d');
    await expect(web1('DeviceCode').upsert('d', { ...code, accountId: 'x' }, 60)).rejects.toThrow(DeviceAnswered);
  });

  it('S2: nothing that opens a door is in the database file', async () => {
    const secrets = ['the-session', 'the-code', 'the-access-token', 'the-refresh-token', 'the-user-code'];
    await web1('Session').upsert('the-session', { kind: 'Session', jti: 'the-session', uid: 'u' }, 60);
    await web1('AuthorizationCode').upsert('the-code', { kind: 'AuthorizationCode', jti: 'the-code' }, 60);
    await web1('AccessToken').upsert('the-access-token', { kind: 'AccessToken', jti: 'the-access-token' }, 60);
    await web1('RefreshToken').upsert('the-refresh-token', { kind: 'RefreshToken', jti: 'the-refresh-token' }, 60);
    await web1('DeviceCode').upsert('d', { kind: 'DeviceCode', jti: 'd', userCode: 'the-user-code' }, 60);
    await web1('Interaction').upsert(
      'i',
      { kind: 'Interaction', jti: 'i', session: { uid: 'u', cookie: 'the-session' } },
      60,
    );
    await storage.store.close();
    const files = readdirSync(storage.dataDir, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(0);
    const bytes = await Promise.all(files.map(({ name }) => readFile(join(storage.dataDir, name), 'latin1')));
    for (const secret of secrets) expect(bytes.join('')).not.toContain(secret);
    expect(bytes.join('')).toContain('oidc_sessions');
  });

  it('consumes once: of 50 racers one goes on, the others end the family', async () => {
    await web1('Grant').upsert('g', { kind: 'Grant', jti: 'g', accountId: 'mia', clientId: 'c' }, 600);
    await web1('RefreshToken').upsert('r', { kind: 'RefreshToken', jti: 'r', grantId: 'g' }, 600);
    await web1('AccessToken').upsert('a', { kind: 'AccessToken', jti: 'a', grantId: 'g' }, 600);
    await plain('AccessToken').upsert('a', { kind: 'AccessToken', jti: 'a', grantId: 'g' }, 600);
    const tries = await Promise.allSettled(Array.from({ length: 50 }, () => web1('RefreshToken').consume('r')));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ error: 'invalid_grant' });
    expect(await web1('Grant').find('g')).toBeUndefined();
    expect(await web1('AccessToken').find('a')).toBeUndefined();
    expect(await plain('AccessToken').find('a')).toBeDefined();
  });

  it('says when something was consumed', async () => {
    await web1('AuthorizationCode').upsert('c', { kind: 'AuthorizationCode', jti: 'c' }, 60);
    await web1('AuthorizationCode').consume('c');
    const consumed = Math.floor(storage.clock.now().getTime() / 1000);
    expect(await web1('AuthorizationCode').find('c')).toMatchObject({ consumed });
  });

  it('consumes nothing that is not there', async () => {
    await expect(web1('RefreshToken').consume('x')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('revokes a family and no other', async () => {
    for (let index = 0; index < 1_001; index += 1)
      await web1('AccessToken').upsert(`t${index}`, { kind: 'AccessToken', jti: `t${index}`, grantId: 'g' }, 600);
    await web1('AccessToken').upsert('other', { kind: 'AccessToken', jti: 'other', grantId: 'h' }, 600);
    await web1('AccessToken').revokeByGrantId('g');
    expect(await web1('AccessToken').find('t0')).toBeUndefined();
    expect(await web1('AccessToken').find('t1000')).toBeUndefined();
    expect(await web1('AccessToken').find('other')).toBeDefined();
  });

  it('finds a session by its uid without telling its cookie, and a device code by what people type', async () => {
    await web1('Session').upsert('s', { kind: 'Session', jti: 's', uid: 'u', accountId: 'mia' }, 60);
    expect(await web1('Session').findByUid('u')).toEqual({ kind: 'Session', uid: 'u', accountId: 'mia' });
    expect(await plain('Session').findByUid('u')).toBeUndefined();
    await web1('DeviceCode').upsert('d', { kind: 'DeviceCode', jti: 'd', userCode: 'WDJB' }, 60);
    expect(await web1('DeviceCode').findByUserCode('WDJB')).toMatchObject({ kind: 'DeviceCode' });
    expect(await plain('DeviceCode').findByUserCode('WDJB')).toBeUndefined();
  });

  it('gives a session another id under the same uid', async () => {
    const payload = { kind: 'Session', uid: 'u', accountId: 'mia' };
    await web1('Session').upsert('old', { ...payload, jti: 'old' }, 60);
    await web1('Session').destroy('old');
    await web1('Session').upsert('new', { ...payload, jti: 'new' }, 60);
    expect(await web1('Session').find('old')).toBeUndefined();
    expect(await web1('Session').findByUid('u')).toBeDefined();
  });

  it('takes an interaction away once', async () => {
    await web1('Interaction').upsert('i', { kind: 'Interaction', jti: 'i' }, 60);
    const tries = await Promise.allSettled(Array.from({ length: 50 }, () => web1('Interaction').destroy('i')));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('remembers what was seen once: of 50 racers with one proof, one is the first', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 50 }, () => web1('ReplayDetection').upsert('p', { kind: 'ReplayDetection', jti: 'p' }, 60)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
