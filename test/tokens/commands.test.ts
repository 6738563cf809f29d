import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFactors, type Factors } from '../../src/factors/index.ts';
import { createGuards } from '../../src/preview/index.ts';
import type { Realm } from '../../src/realm/index.ts';
import { tokenCommandsOf } from '../../src/token-commands.ts';
import { tokenCommands } from '../../src/tokens/commands.ts';
import { createTokens, type Tokens } from '../../src/tokens/index.ts';
import { mia, type PeopleForTests, somePeople } from '../people/people-for-tests.ts';
import { runCommands } from '../support/run-commands.ts';
import { operator, press, secret, shown } from './tokens-for-tests.ts';

let world: PeopleForTests;
let tokens: Tokens;
let factors: Factors;
let miasId: string;
let policy: Realm['policy'];
beforeEach(async () => {
  world = await somePeople();
  policy = {};
  tokens = createTokens(world);
  factors = createFactors({ ...world, tokens });
  await world.store.bootstrap();
  const made = await world.people.create(mia);
  miasId = made.ok ? made.user.id : '';
});
afterEach(() => world.close());

/** `gatehouse token <words>`: what it printed, and its exit code. */
async function gatehouse(...words: string[]) {
  const realms = {
    get: async (id: string) => (id === 'web1' ? ({ id, name: 'Web One', policy } as Realm) : undefined),
    portal: async () => undefined,
    portals: async () => [],
    forget: () => {},
  };
  const { people, clock } = world;
  const guards = createGuards({ realms, people, factors, clock, alone: (_name, act) => act(() => {}) });
  const context = { ...tokenCommandsOf({ realms, people, factors, tokens, guards }), close: async () => {} };
  return runCommands((program) => tokenCommands(program, async () => context), ['token', ...words]);
}

const file = (name: string) => join(world.dataDir, name);

async function imported(rows = `GHST12345678,totp,${secret},\nGHMB87654321,hotp,${secret},2020-01-01\n`) {
  await writeFile(file('tokens.csv'), `credential_id,kind,seed_base64,expires\n${rows}`);
  return gatehouse('import', 'web1', file('tokens.csv'));
}

describe('gatehouse token', () => {
  it('unassign does not take the last method that policy needs; once there is another it does', async () => {
    policy = { secondFactor: 'required', methods: ['token'] };
    await imported(`GHST12345678,totp,${secret},\nGHST87654321,totp,${secret},\n`);
    await gatehouse('assign', 'web1', 'GHST12345678', miasId, '--active');
    const refused = await gatehouse('unassign', 'web1', 'GHST12345678', miasId);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('give them another first') });
    expect(await gatehouse('unassign', 'web1', 'GHST12345678')).toMatchObject({ code: 1 });
    expect((await tokens.find('web1', 'GHST12345678'))?.people).toEqual([miasId]);
    await gatehouse('assign', 'web1', 'GHST87654321', miasId, '--active');
    expect(await gatehouse('unassign', 'web1', 'GHST12345678', miasId)).toMatchObject({ code: 0 });
  });

  it('import says how far it is and what came of it', async () => {
    expect(await imported()).toEqual({ out: '2 tokens imported\n', err: '', code: 0 });
    const rows = Array.from({ length: 10_050 }, (_, n) => `MANY${n + 10_000},totp,${secret},\n`).join('');
    expect(await imported(rows)).toEqual({ out: '10050 tokens imported\n', err: '10000 read\n', code: 0 });
  });

  it('import refuses a file with every fault by its line, and adds nothing', async () => {
    const { err, out, code } = await imported(`GHST12345678,totp,${secret},\nx,sms,AAAA,soon\n`);
    expect({ out, code }).toEqual({ out: '', code: 1 });
    expect(
      err
        .split('\n  ')
        .slice(1)
        .map((line) => line.trim()),
    ).toEqual([
      'line 3: the Credential ID is not 4 to 32 letters and digits',
      'line 3: the kind is neither TOTP nor HOTP',
      'line 3: the seed is shorter than 112 bits',
      'line 3: the end of its life is no date such as 2031-12-31 or 2031-12-31T00:00:00Z',
    ]);
    expect((await gatehouse('list', 'web1')).out.split('\n')).toHaveLength(2);
    expect(await gatehouse('import', 'web1', file('none.csv'))).toMatchObject({
      code: 1,
      err: `gatehouse: ${file('none.csv')} is not there\n`,
    });
  });

  it('import takes the key and the password of an encrypted file from files', async () => {
    const figure = (number: number) => new URL(`rfc6030/figure-${number}.xml`, import.meta.url).pathname;
    await writeFile(file('key'), '12345678901234567890123456789012\n');
    await writeFile(file('password'), 'qwerty\n');
    expect(await gatehouse('import', 'web1', figure(6))).toMatchObject({
      code: 1,
      err: expect.stringContaining('--key-file'),
    });
    expect(
      await gatehouse('import', 'web1', figure(6), '--key-file', file('key'), '--id-from', 'key', '--json'),
    ).toMatchObject({
      out: '{"added":1,"skipped":[]}\n',
      code: 0,
    });
    expect(await gatehouse('import', 'web1', figure(7), '--password-file', file('password'))).toMatchObject({
      code: 0,
    });
    await writeFile(file('password'), 'azerty');
    expect(await gatehouse('import', 'web1', figure(7), '--password-file', file('password'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('another key or password'),
    });
  });

  it('list and show tell everything but the seed', async () => {
    await imported();
    await gatehouse('assign', 'web1', 'ghst 1234 5678', mia.email);
    const { out } = await gatehouse('list', 'web1');
    expect(out.split('\n')).toEqual([
      'CREDENTIAL ID  STATE     KIND       DIGITS  EXPIRES     PEOPLE',
      'GHMB87654321   expired   HOTP       6       2020-01-01',
      'GHST12345678   assigned  TOTP 30 s  6                   mia@example.com',
      '',
    ]);
    expect((await gatehouse('list', 'web1', '--state', 'expired')).out).not.toContain('GHST12345678');
    expect((await gatehouse('list', 'web1', '--person', 'mia', '--json')).out).toContain(
      '"credentialId":"GHST12345678"',
    );
    expect((await gatehouse('list', 'web1', '--limit', '1')).out).toContain('more: --after GHMB87654321');
    expect((await gatehouse('list', 'web1', '--after', 'GHMB87654321', '--prefix', 'gh')).out).toContain(
      'GHST12345678',
    );
    const shownOne = await gatehouse('show', 'web1', 'ghst-12345678');
    expect(shownOne.out).toMatch(/^state +assigned$/m);
    expect(shownOne.out + (await gatehouse('show', 'web1', 'GHST12345678', '--json')).out).not.toContain(secret);
  });

  it('lost and disable take nobody who administers the realm last out of it; once there is another token they do', async () => {
    policy = { secondFactor: 'required', methods: ['token'], preassignedTokensOnly: 'yes' };
    await imported(`GHST12345678,totp,${secret},\nGHST87654321,totp,${secret},\n`);
    await gatehouse('assign', 'web1', 'GHST12345678', miasId, '--active');
    const role = { realm: 'web1', userId: miasId, role: 'admin', isAccepted: true } as const;
    expect(await world.people.tenancy.memberships.add(role, operator)).toMatchObject({ ok: true });
    for (const verb of ['lost', 'disable']) {
      expect(await gatehouse(verb, 'web1', 'GHST12345678')).toMatchObject({
        ...{ code: 1, err: expect.stringContaining('nobody who administers the realm could sign in any more') },
      });
    }
    expect(await tokens.find('web1', 'GHST12345678')).toMatchObject({ standing: 'assigned' });
    await gatehouse('assign', 'web1', 'GHST87654321', miasId, '--active');
    expect(await gatehouse('lost', 'web1', 'GHST12345678')).toMatchObject({ code: 0 });
  });

  it('assign, with --active, asks for the token from then on; unassign ends both', async () => {
    await imported();
    expect(await gatehouse('assign', 'web1', 'GHST12345678', 'mia', '--active')).toMatchObject({ code: 0 });
    const [method] = await factors.methods.of('web1', miasId);
    expect(method).toMatchObject({ kind: 'token', data: { credentialId: 'GHST12345678' } });
    const now = world.clock.now();
    const proof = { codes: [shown(now)], signIn: 's', now } as const;
    expect(await tokens.spend('web1/GHST12345678', miasId, proof)).toEqual({ ok: true });
    expect(await gatehouse('assign', 'web1', 'GHST12345678', 'mia', '--active')).toMatchObject({ code: 0 });
    expect(await factors.methods.of('web1', miasId)).toHaveLength(1);

    expect(await gatehouse('unassign', 'web1', 'GHST12345678', 'mia')).toMatchObject({
      out: 'unassigned GHST12345678\n',
    });
    expect(await factors.methods.of('web1', miasId)).toEqual([]);
    expect(await gatehouse('show', 'web1', 'GHST12345678')).toMatchObject({
      out: expect.stringMatching(/^state +available$/m),
    });
  });

  it('N14: assign --active and unassign tell every address of the person, each once', async () => {
    await imported();
    const everyone = [mia.email, 'mia@home.example'];
    await world.people.setAddresses('web1', miasId, everyone.slice(1), operator);
    for (let again = 0; again < 2; again += 1) await gatehouse('assign', 'web1', 'GHST12345678', 'mia', '--active');
    const [method] = await factors.methods.of('web1', miasId);
    for (let again = 0; again < 2; again += 1) await gatehouse('unassign', 'web1', 'GHST12345678', 'mia');
    const { outbox = [] } = (await factors.methods.recorded(method?.id ?? '')) ?? {};
    const mails = outbox.filter(({ kind }) => kind === 'message').map(({ body }) => [body['template'], body['to']]);
    expect(mails).toEqual(['method-added', 'method-removed'].flatMap((name) => everyone.map((to) => [name, to])));
  });

  it('assign gives a token to as many people as the rules of their organization say', async () => {
    await imported();
    const { tenancy } = world.people;
    const policy = { peoplePerToken: 2 };
    const added = await tenancy.organizations.add({ realm: 'web1', name: 'Acme', policy }, operator);
    if (!added.ok) throw new Error(added.why);
    const organization = added.organization.id;
    for (const name of ['noah', 'lena', 'emil']) {
      const made = await world.people.create({ realm: 'web1', name, username: name });
      if (!made.ok) throw new Error(name);
      const joins = { realm: 'web1', organization, userId: made.user.id, role: 'member', isAccepted: true } as const;
      expect((await tenancy.memberships.add(joins, operator)).ok).toBe(true);
    }
    const assign = (name: string) => gatehouse('assign', 'web1', 'GHST12345678', name);
    expect(await assign('noah')).toMatchObject({ code: 0 });
    expect(await assign('mia')).toMatchObject({ code: 1, err: expect.stringContaining('somebody else') });
    expect(await assign('lena')).toMatchObject({ code: 0 });
    expect(await assign('emil')).toMatchObject({ code: 1, err: expect.stringContaining('somebody else') });
  });

  it('disable, lost and enable change what its codes are worth, once', async () => {
    await imported();
    for (const [word, state] of [
      ['disable', 'disabled'],
      ['lost', 'lost'],
      ['enable', 'available'],
    ] as const) {
      expect(await gatehouse(word, 'web1', 'GHST12345678')).toMatchObject({ code: 0 });
      expect(await tokens.find('web1', 'GHST12345678')).toMatchObject({ standing: state });
      expect(await gatehouse(word, 'web1', 'GHST12345678')).toMatchObject({
        code: 1,
        err: expect.stringContaining('so already'),
      });
    }
    await gatehouse('lost', 'web1', 'GHST12345678');
    expect(await gatehouse('assign', 'web1', 'GHST12345678', 'mia')).toMatchObject({ code: 1 });
  });

  it('R2: resync takes two consecutive codes, once', async () => {
    await imported(`GHMB87654321,hotp,${secret},\n`);
    const resync = () => gatehouse('resync', 'web1', 'GHMB87654321', press(80), press(81));
    expect(await resync()).toEqual({ out: 'back in step: GHMB87654321\n', err: '', code: 0 });
    expect(await resync()).toMatchObject({ code: 1, err: expect.stringContaining('two consecutive codes') });
    expect(await tokens.find('web1', 'GHMB87654321')).toMatchObject({ nextCounter: 82 });
  });

  it('export writes a new file for its owner’s eyes, with seeds only when asked and with a warning', async () => {
    await imported();
    expect(await gatehouse('export', 'web1', '--output', file('plain.csv'))).toMatchObject({ err: '', code: 0 });
    expect(await readFile(file('plain.csv'), 'utf8')).not.toContain(secret);
    expect((await stat(file('plain.csv'))).mode & 0o077).toBe(0);
    const full = await gatehouse('export', 'web1', '--output', file('seeds.csv'), '--with-seeds');
    expect(full).toMatchObject({ err: expect.stringContaining('every seed in clear'), code: 0 });
    expect(await readFile(file('seeds.csv'), 'utf8')).toContain(secret);
    expect(await gatehouse('export', 'web1', '--output', file('plain.csv'))).toMatchObject({
      code: 1,
      err: `gatehouse: ${file('plain.csv')} is there already; nothing was written\n`,
    });
  });

  it('names what is not there', async () => {
    expect(await gatehouse('list', 'nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('no realm') });
    expect(await gatehouse('show', 'web1', 'GHST99999999')).toMatchObject({ code: 1 });
    expect(await gatehouse('assign', 'web1', 'GHST99999999', 'nobody')).toMatchObject({ code: 1 });
    expect(await gatehouse('unassign', 'web1', 'GHST99999999', 'nobody')).toMatchObject({ code: 1 });
    await expect(gatehouse('list', 'web1', '--limit', '0')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
    expect((await gatehouse('list', 'web1')).out).toBe('no tokens\n');
    expect(await gatehouse('import', 'web1', world.dataDir)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is a directory'),
    });
    expect(await gatehouse('import', 'web1', file('none.csv'), '--organization', 'Nowhere')).toMatchObject({
      code: 1,
      err: 'gatehouse: there is no organization "Nowhere" in "web1"; see `gatehouse org list web1`\n',
    });
  });

  it('leaves what was done in the audit log, without codes and seeds', async () => {
    await imported();
    await gatehouse('assign', 'web1', 'GHST12345678', 'mia');
    await gatehouse('lost', 'web1', 'GHST12345678');
    const items = [
      ...(await world.store.pending('token_batches', 9)),
      ...(await world.store.pending('tokens', 9)),
    ].flatMap((doc) => doc.outbox ?? []);
    expect(items.map(({ body }) => body['type'])).toEqual(['token.imported', 'token.assigned', 'token.lost']);
    expect(JSON.stringify(items)).not.toContain(secret);
  });
});
