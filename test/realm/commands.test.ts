import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGatehouse } from './gatehouse.ts';
import { type RealmsForTests, shop, someRealms } from './realms-for-tests.ts';

let world: RealmsForTests;
let directory: string;
beforeEach(async () => {
  world = await someRealms();
  directory = await mkdtemp(join(tmpdir(), 'gatehouse-realm-files-'));
});
afterEach(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

const gatehouse = (...words: string[]) => runGatehouse(world.realms, ...words);

async function aFile(text: string) {
  const path = join(directory, 'shop.yaml');
  await writeFile(path, text);
  return path;
}

describe('gatehouse realm', () => {
  it('applies a file and says what it did; --json for programs', async () => {
    const path = await aFile(shop);
    expect(await gatehouse('realm', 'apply', path)).toEqual({
      out: 'created: realm shop\ncreated: portal desk\ncreated: portal till\n',
      err: '',
      code: 0,
    });
    await gatehouse('realm', 'set', 'shop', 'policy.sessionHours', '8');
    const moved = await aFile(shop.replace('sessionHours: 12', 'sessionHours: 24'));
    expect((await gatehouse('realm', 'apply', moved)).out).toContain(
      'conflict: realm shop policy.sessionHours stays 8 (the file says 24; --force takes the file’s)\n',
    );
    const forced = await gatehouse('realm', 'apply', moved, '--force', '--json');
    expect(JSON.parse(forced.out)).toMatchObject({
      ok: true,
      entries: [{ outcome: 'changed', now: 8, file: 24 }, {}, {}],
    });
  });

  it('refuses a file with faults, naming file and line, and exits with 1', async () => {
    const path = await aFile(
      shop.replace('secondFactor', 'secondFaktor').replace('sessionHours: 12', 'sessionHours: 0'),
    );
    const refused = await gatehouse('realm', 'apply', path);
    expect(refused).toMatchObject({ out: '', code: 1 });
    expect(refused.err.split('\n')).toEqual([
      `gatehouse: ${path}:8: policy.secondFaktor: unknown setting "secondFaktor"; did you mean "secondFactor"?`,
      `gatehouse: ${path}:10: policy.sessionHours: must be a number from 1 to 720`,
      'gatehouse: nothing was applied',
      '',
    ]);
    const nowhere = join(directory, 'none.yaml');
    expect(await gatehouse('realm', 'apply', nowhere)).toMatchObject({
      code: 1,
      err: `gatehouse: ${nowhere} is not there\n`,
    });
    expect(await gatehouse('realm', 'apply', directory)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is a directory'),
    });
  });

  it('lists realms and portals', async () => {
    await gatehouse('realm', 'apply', await aFile(shop));
    expect((await gatehouse('realm', 'list')).out).toBe(
      'REALM  NAME  ISSUER\nshop   Shop  https://id.example.com/realms/shop\n',
    );
    expect((await gatehouse('portal', 'list', 'shop')).out).toMatch(
      /^PORTAL +KIND +STATE +NAME\ndesk +web +enabled +.+\ntill +native/,
    );
    expect(JSON.parse((await gatehouse('portal', 'list', 'shop', '--json')).out)).toMatchObject([
      { clientId: 'desk', hasSecret: false },
      { clientId: 'till', kind: 'native' },
    ]);
    expect(await gatehouse('portal', 'list', 'none')).toMatchObject({
      code: 1,
      err: expect.stringContaining('realm list'),
    });
  });

  it('shows a realm: settings, own rules, portals; --json for programs', async () => {
    expect((await gatehouse('realm', 'list')).out).toContain('realm apply');
    await gatehouse('realm', 'apply', await aFile(shop));
    const { out } = await gatehouse('realm', 'show', 'shop');
    expect(out).toMatch(/^issuer +https:\/\/id\.example\.com\/realms\/shop$/m);
    expect(out).toMatch(/^rules +secondFactor "optional"$/m);
    expect(out).toMatch(/^portals +desk: /m);
    expect(JSON.parse((await gatehouse('realm', 'show', 'shop', '--json')).out)).toMatchObject({
      id: 'shop',
      policy: { secondFactor: 'optional' },
      portals: [{ clientId: 'desk' }, { clientId: 'till' }],
    });
  });

  it('says that there is no such realm, of portals too', async () => {
    for (const words of [
      ['realm', 'show', 'none'],
      ['realm', 'set', 'none', 'name', 'x'],
      ['portal', 'show', 'none', 'till'],
      ['portal', 'remove', 'none', 'till'],
    ]) {
      expect(await gatehouse(...words)).toMatchObject({
        code: 1,
        err: 'gatehouse: there is no realm "none"; see `gatehouse realm list`\n',
      });
    }
  });

  it('sets values as YAML writes them, and says what is wrong with others', async () => {
    await gatehouse('realm', 'apply', await aFile(shop));
    expect(await gatehouse('realm', 'set', 'shop', 'policy.secondFactor', 'off')).toMatchObject({ code: 0 });
    expect(await gatehouse('realm', 'set', 'shop', 'policy.methods', '[totp]')).toMatchObject({ code: 0 });
    expect((await world.realms.get('shop'))?.policy).toMatchObject({ secondFactor: 'off', methods: ['totp'] });
    await gatehouse('realm', 'set', 'shop', 'policy.methods', 'null');
    expect((await world.realms.get('shop'))?.policy).not.toHaveProperty('methods');
    expect(await gatehouse('realm', 'set', 'shop', 'policy.secondFactor', 'yes')).toMatchObject({
      code: 1,
      err: 'gatehouse: policy.secondFactor: must be one of off, optional, required\n',
    });
    expect(await gatehouse('realm', 'set', 'none', 'name', 'x')).toMatchObject({ code: 1 });
    expect(await gatehouse('realm', 'set', 'shop', 'name', '[')).toMatchObject({ code: 1 });
  });
});
