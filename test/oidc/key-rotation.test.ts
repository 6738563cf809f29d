import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { pino } from 'pino';
import { keyCommands } from '../../src/oidc/commands.ts';
import { createKeyRotation, type Oidc } from '../../src/oidc/index.ts';
import { runCommands } from '../support/run-commands.ts';
import { aPortal, aRealm, aUser, Host, Rp } from './host.ts';

const actor = { kind: 'operator' } as const;

/** A relying party that keeps a key set exactly as long as it may, and does not ask before that. */
class Verifier {
  readonly #host: Host;
  readonly #address: string;
  #keys: readonly JWK[] = [];
  #until = 0;
  fetches = 0;

  constructor(host: Host, address: string) {
    this.#host = host;
    this.#address = address;
  }

  async keys(): Promise<readonly JWK[]> {
    const now = this.#host.clock.now().getTime();
    if (now < this.#until) return this.#keys;
    const answer = await fetch(this.#address);
    const [, maxAge] = /^public, max-age=(\d+)$/.exec(answer.headers.get('cache-control') ?? '') ?? [];
    this.#until = now + Number(maxAge) * 1000;
    this.#keys = ((await answer.json()) as { keys: JWK[] }).keys;
    this.fetches += 1;
    return this.#keys;
  }

  async verify(token: string): Promise<string> {
    const { kid, alg } = decodeProtectedHeader(token);
    const jwk = (await this.keys()).find((key) => key.kid === kid);
    if (jwk === undefined) throw new Error(`no key ${kid}`);
    await compactVerify(token, await importJWK(jwk, alg));
    return kid ?? '';
  }
}

describe('rotating the keys of a realm', () => {
  let host: Host;
  let processes: Oidc[];
  let rp: Rp;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'), aUser('web1', 'mia'));
    host.add(aPortal('web1', 'mail'), aPortal('web1', 'ec', { idTokenAlg: 'ES256' }));
    host.add(aPortal('web1', 'ed', { idTokenAlg: 'EdDSA' }));
    processes = [host.oidc];
    rp = new Rp(host, 'web1', 'mail');
  });
  afterEach(() => host.stop());

  const phases = async () =>
    (await host.oidc.keys.list('web1')).filter(({ alg }) => alg === 'RS256').map(({ phase }) => phase);
  const audited = async () => (await host.storage.store.pending('oidc_keys', 10)).flatMap(({ outbox }) => outbox ?? []);

  it('costs not one verification, on two processes, for verifiers that keep the key set as long as they may', async () => {
    processes.push(await host.process());
    const verifiers = Array.from({ length: 4 }, () => new Verifier(host, `${rp.issuer}/jwks`));
    const seen = new Set<string>();
    const portals = ['mail', 'ec', 'ed'].map((clientId) => new Rp(host, 'web1', clientId));
    let turn = 0;
    const work = async () => {
      for (const portal of portals) {
        host.oidc = processes[turn++ % 2]!;
        const { id_token: token } = await portal.signIn({ scope: 'openid' });
        for (const verifier of verifiers) seen.add(await verifier.verify(token));
      }
    };
    // Their caches end at different times.
    for (const verifier of verifiers) {
      await verifier.keys();
      host.advanceMinutes(4);
    }
    await work();
    expect(seen.size).toBe(3);
    const before = await rp.signIn({ scope: 'openid' });
    expect(await host.oidc.keys.rotate('web1', { actor })).toMatchObject({ ok: true });
    for (let minutes = 0; minutes < 100; minutes += 5) {
      await work();
      expect(seen.size).toBe(minutes < 60 ? 3 : 6);
      host.advanceMinutes(5);
    }
    // What the old key signed last is still good as a hint of whom to sign out, as long as its session could last.
    host.advanceMinutes(23 * 60);
    const hint = { id_token_hint: before.id_token };
    const { status } = await fetch(`${rp.issuer}/session/end?${new URLSearchParams(hint).toString()}`, {
      redirect: 'manual',
    });
    expect(status).toBe(303);
    host.advanceMinutes(60);
    for (const { keys } of processes) expect(await keys.list('web1')).toHaveLength(3);
    await work();
    expect(seen.size).toBe(6);
  });

  it('reaches a process that learned of it two seconds late', async () => {
    const late = await host.process();
    const first = await late.keys.of('web1');
    await host.oidc.keys.rotate('web1', { actor });
    expect((await host.oidc.keys.of('web1')).jwks.keys).toHaveLength(6);
    expect(await late.keys.of('web1')).toBe(first);
    host.advance(2_000);
    expect((await late.keys.of('web1')).jwks.keys).toHaveLength(6);
  });

  it('is not begun again while it is under way, by whomever', async () => {
    const other = await host.process();
    const answers = await Promise.all(
      [host.oidc, other, host.oidc, other].map(({ keys }) => keys.rotate('web1', { actor })),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.filter((answer) => !answer.ok && answer.why === 'under_way')).toHaveLength(3);
    expect(await phases()).toEqual(['signing', 'published']);
    host.advanceMinutes(60);
    expect(await phases()).toEqual(['signing', 'retiring']);
    expect((await other.keys.rotate('web1', { actor })).ok).toBe(true);
    expect(await phases()).toEqual(['signing', 'published', 'retiring']);
    expect(await audited()).toMatchObject([
      { kind: 'audit', body: { type: 'keys.rotated', realm: 'web1', actor, details: { atOnce: false } } },
      { kind: 'audit', body: { type: 'keys.rotated' } },
    ]);
  });

  it('at once, since the keys were stolen, leaves nothing of them', async () => {
    const { id_token: token } = await rp.signIn({ scope: 'openid' });
    const stolen = await host.oidc.keys.list('web1');
    await host.oidc.keys.rotate('web1', { actor });
    expect((await host.oidc.keys.rotate('web1', { actor, atOnce: true })).ok).toBe(true);
    const left = await host.oidc.keys.list('web1');
    expect(left.map(({ phase }) => phase)).toEqual(['signing', 'signing', 'signing']);
    for (const { kid } of stolen) expect(left.map((key) => key.kid)).not.toContain(kid);
    const verifier = new Verifier(host, `${rp.issuer}/jwks`);
    await expect(verifier.verify(token)).rejects.toThrow('no key');
    await verifier.verify((await new Rp(host, 'web1', 'mail').signIn({ scope: 'openid' })).id_token);
  });

  it('happens by itself where the realm wants that, and the keys that are over are destroyed', async () => {
    host.add(aRealm('web1', { keys: { rotateEveryDays: 90 } }), aRealm('plain'));
    const realms = { list: async () => [...host.realms.values()] };
    const leases = { hold: async () => true, release: async () => {} };
    const log = pino({ level: 'silent' });
    const rotation = createKeyRotation({ realms, keys: host.oidc.keys, leases, clock: host.clock, log });
    expect(await rotation.rotateDue()).toEqual([]);
    host.advanceMinutes(90 * 24 * 60 - 1);
    expect(await rotation.rotateDue()).toEqual([]);
    host.advanceMinutes(1);
    expect(await rotation.rotateDue()).toEqual(['web1']);
    expect(await rotation.rotateDue()).toEqual([]);
    expect(await audited()).toMatchObject([{ body: { type: 'keys.rotated', actor: { kind: 'system' } } }]);
    host.advanceMinutes(60 + 24 * 60 - 1);
    expect(await host.oidc.keys.forgetGone('web1')).toBe(0);
    host.advanceMinutes(1);
    expect(await host.oidc.keys.forgetGone('web1')).toBe(3);
    expect(await phases()).toEqual(['signing']);
  });
});

describe('gatehouse keys', () => {
  let host: Host;
  beforeEach(async () => {
    host = await new Host().start();
    host.add(aRealm('web1'));
  });
  afterEach(() => host.stop());

  async function gatehouse(...words: string[]) {
    const hasRealm = async (realm: string) => host.realms.has(realm);
    const context = { keys: host.oidc.keys, hasRealm, close: async () => {} };
    return runCommands((program) => keyCommands(program, async () => context), words);
  }

  it('rotate publishes, says when the new ones sign, and refuses to be hurried', async () => {
    expect(await gatehouse('keys', 'rotate', 'web1')).toEqual({
      out: 'new keys are published and sign from 2026-03-02T10:00:00.400Z\n',
      err: '',
      code: 0,
    });
    expect(await gatehouse('keys', 'rotate', 'web1')).toEqual({
      out: '',
      err: 'gatehouse: new keys of "web1" are published already and sign from 2026-03-02T10:00:00.400Z\n',
      code: 1,
    });
    expect(await gatehouse('keys', 'rotate', 'web1', '--at-once', '--json')).toMatchObject({ code: 0 });
  });

  it('list says what each key is for, and nothing private', async () => {
    await gatehouse('keys', 'rotate', 'web1');
    const { out } = await gatehouse('keys', 'list', 'web1');
    const lines = out.trim().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/).slice(1, 3).join(' '))).toEqual([
      'ALGORITHM STATE',
      'RS256 signing',
      'ES256 signing',
      'EdDSA signing',
      'RS256 published',
      'ES256 published',
      'EdDSA published',
    ]);
    const listed = JSON.parse((await gatehouse('keys', 'list', 'web1', '--json')).out) as object[];
    expect(listed).toHaveLength(6);
    for (const key of listed) {
      const known = ['alg', 'createdAt', 'kid', 'phase', 'publishedUntil', 'signsFrom', 'signsUntil'];
      expect(known).toEqual(expect.arrayContaining(Object.keys(key)));
    }
  });

  it('refuses a realm that is not there', async () => {
    expect(await gatehouse('keys', 'list', 'nowhere')).toMatchObject({ code: 1, out: '' });
  });
});
