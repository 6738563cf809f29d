import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openStore } from '../../src/store/index.ts';
import { aStore } from '../support/store.ts';
import { conformance } from './conformance.ts';
import { startBurst } from './engine-under-test.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { aThing, thingsNamed } from './things.ts';

conformance('SQLite', openSqliteDatabase);

describe('the SQLite engine', () => {
  it('keeps its directory and files from other users', async () => {
    const opened = await aStore();
    const parent = join(opened.dataDir, 'made', 'here');
    const store = await openStore({ database: '', dataDir: parent, keyring: opened.keyring, clock: opened.clock });
    const things = store.collection(thingsNamed('things'));
    await store.bootstrap();
    await things.insert(aThing());
    expect(((await stat(parent)).mode & 0o777).toString(8)).toBe('700');
    const modes = await Promise.all(
      (await readdir(parent)).map(async (name) => [name, ((await stat(join(parent, name))).mode & 0o777).toString(8)]),
    );
    expect(Object.fromEntries(modes)).toStrictEqual({
      'gatehouse.db': '600',
      'gatehouse.db-shm': '600',
      'gatehouse.db-wal': '600',
    });
    await store.close();
    await opened.close();
  });

  it('S2: leaves no sealed value readable in any of its files', async () => {
    const { store, dataDir, close } = await aStore();
    const things = store.collection(thingsNamed('things'));
    await store.bootstrap();
    await things.insert(aThing({ secret: 'correct horse battery staple', label: 'plain as day' }));
    const files = await Promise.all((await readdir(dataDir)).map((name) => readFile(join(dataDir, name), 'latin1')));
    expect(files.join('')).toContain('plain as day');
    expect(files.join('')).not.toContain('battery staple');
    await close();
  });

  it('waits for writes under way when it closes, and refuses later ones', async () => {
    const { store, dataDir, keyring, clock, close } = await aStore();
    const things = store.collection(thingsNamed('things'));
    await store.bootstrap();
    const writes = Array.from({ length: 20 }, (_, at) => things.insert(aThing({ id: `last-${at}` })));
    await store.close();
    await Promise.all(writes);
    await expect(things.insert(aThing())).rejects.toMatchObject({ code: 'unavailable' });
    const again = await openStore({ database: '', dataDir, keyring, clock });
    const reopened = again.collection(thingsNamed('things'));
    await again.bootstrap();
    expect((await reopened.list({ index: 'id', prefix: 'last-', limit: 50 })).items).toHaveLength(20);
    await again.close();
    await close();
  });

  it('F1: is whole after each of several kill -9 in a burst, and opens again', async () => {
    const { store, dataDir, keyring, clock, close } = await aStore();
    await store.close();
    const acknowledged: string[] = [];
    for (let kill = 0; kill < 4; kill += 1) {
      const burst = startBurst({ database: '', dataDir }, 'insert', `kill-${kill}`);
      await burst.said(50 + kill * 37);
      burst.kill();
      await burst.ended;
      acknowledged.push(...burst.lines);
      const db = new DatabaseSync(join(dataDir, 'gatehouse.db'));
      expect(
        db
          .prepare('PRAGMA integrity_check')
          .all()
          .map((row) => row['integrity_check']),
      ).toStrictEqual(['ok']);
      db.close();
    }
    const again = await openStore({ database: '', dataDir, keyring, clock });
    const things = again.collection(thingsNamed('things'));
    await again.bootstrap();
    const found = await Promise.all(acknowledged.map((id) => things.get(id)));
    expect(found).not.toContain(undefined);
    await again.close();
    await close();
  });

  it('fault 39: uses no nonce twice, however often it is opened', async () => {
    const { store, dataDir, keyring, clock, close } = await aStore();
    await store.close();
    const nonces = new Set<string>();
    for (let restart = 0; restart < 5; restart += 1) {
      const opened = await openStore({ database: '', dataDir, keyring, clock });
      const things = opened.collection(thingsNamed('things'));
      await opened.bootstrap();
      await things.upsert('one', (thing) => ({ ...(thing ?? aThing({ id: 'one', secret: 'same' })), rank: restart }));
      await opened.close();
      const db = new DatabaseSync(join(dataDir, 'gatehouse.db'));
      const row = db.prepare("SELECT body ->> '$.secret' AS sealed FROM things").get();
      db.close();
      // Behind the key's id: 96 bits are 16 characters.
      nonces.add(String(row?.['sealed']).slice('test.'.length, 'test.'.length + 16));
    }
    expect(nonces.size).toBe(5);
    await close();
  });

  it('says that a file that is no database cannot be opened', async () => {
    const { dataDir, keyring, clock, close } = await aStore();
    const refused = openStore({ database: '', dataDir: join(dataDir, 'gatehouse.db'), keyring, clock });
    await expect(refused).rejects.toThrow();
    await close();
  });
});
