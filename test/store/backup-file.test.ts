import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { backUp } from '../../src/store/backup.ts';
import { openStore } from '../../src/store/index.ts';
import { plainOf, valueOf } from '../../src/store/kept.ts';
import { restore } from '../../src/store/restore.ts';
import { aStore } from '../support/store.ts';
import { aThing, thingsNamed } from './things.ts';

describe('a backup', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'gatehouse-backup-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it.each([
    ['cut short', async (file: string) => truncate(file, 900)],
    ['cut by its end', async (file: string) => truncate(file, (await readFile(file)).length - 30)],
    [
      'changed',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[500] = (bytes[500] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
    ],
    ['something else', async (file: string) => writeFile(file, 'hello')],
    ['empty', async (file: string) => truncate(file, 0)],
    ['gone', async (file: string) => rm(file)],
  ])('that is %s is refused before anything is touched, also with --force', async (_, spoil) => {
    const { store, clock, close } = await aStore();
    const things = store.collection(thingsNamed('things'));
    await store.bootstrap();
    await things.insertMany(Array.from({ length: 40 }, () => aThing()));
    const file = join(home, 'x.backup');
    await backUp(store.copying, file, { clock });
    await spoil(file);
    expect(await restore(store.copying, file, { clock, isForced: true })).toMatchObject({ ok: false, why: 'file' });
    expect((await things.list({ index: 'id', limit: 100 })).items).toHaveLength(40);
    await store.bootstrap();
    await close();
  });

  it('of a newer program is refused; one of an older program keeps its version, for migrations to see', async () => {
    const { store, clock, dataDir, keyring, close } = await aStore();
    const things = store.collection(thingsNamed('things'));
    await store.bootstrap();
    await things.insert(aThing({ id: 'old' }));
    const file = join(home, 'x.backup');
    await backUp(store.copying, file, { clock });
    const ran: string[] = [];
    const migrations = [{ why: 'a test', run: async () => void ran.push('ran') }];
    const newer = await openStore({ database: '', dataDir: join(dataDir, 'newer'), keyring, clock, migrations });
    newer.collection(thingsNamed('things'));
    expect(await restore(newer.copying, file, { clock, isForced: false })).toMatchObject({ ok: true });
    await newer.bootstrap();
    expect(ran).toStrictEqual(['ran']);
    await backUp(newer.copying, `${file}.newer`, { clock });
    expect(await restore(store.copying, `${file}.newer`, { clock, isForced: true })).toMatchObject({ why: 'newer' });
    expect(await things.get('old')).toBeDefined();
    await newer.close();
    await close();
  });

  it('carries any document: dates, dollar signs, names of the language itself', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('$date', '$$date', '$', '__proto__', 'constructor', '10'));
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => !Object.is(each, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.date({ noInvalidDate: true }),
        fc.array(tie('tree')),
        fc.dictionary(key, tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(isDeepStrictEqual(valueOf(JSON.parse(JSON.stringify(plainOf(value)))), value)).toBe(true);
      }),
    );
  });
});
