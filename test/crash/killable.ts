/**
 * A process that is killed in the middle. Arguments: job, after how many lines it stands still to be killed, directory,
 * other directory. It says a line after each step.
 * `move`: moves the database to the other directory. `migrate`: opens it with a migration that counts up each document.
 */
import { writeSync } from 'node:fs';
import { type Migration, openStore } from '../../src/store/index.ts';
import { move } from '../../src/store/move.ts';
import { thingsNamed } from '../store/things.ts';
import { aKeyring } from '../support/store.ts';

const [job, lines, dataDir = '', other = ''] = process.argv.slice(2);
const clock = { now: () => new Date() };
let left = Number(lines);
const say = async (line: string): Promise<void> => {
  writeSync(1, `${line}\n`);
  left -= 1;
  if (left === 0) await new Promise((resolve) => setTimeout(resolve, 600_000));
};

/** Counts each document from 0 to 1, and bears being run again. */
const counting: Migration = {
  why: 'a test',
  async run(store) {
    const things = store.collection(thingsNamed('things'));
    await store.ensure();
    let after: string | undefined;
    do {
      const page = await things.list({ index: 'id', limit: 20, ...(after === undefined ? {} : { after }) });
      for (const { id } of page.items) await things.update(id, (thing) => ({ ...thing, rank: 1 }));
      await say('migrated');
      after = page.next;
    } while (after !== undefined);
  },
};

const open = async (directory: string, migrations: readonly Migration[]) => {
  const store = await openStore({ database: '', dataDir: directory, keyring: aKeyring(), clock, migrations });
  store.collection(thingsNamed('things'));
  return store;
};

if (job === 'move') {
  const [from, to] = [await open(dataDir, []), await open(other, [])];
  const told = <A extends unknown[], R>(act: (...given: A) => Promise<R>, what: string) => {
    return async (...given: A): Promise<R> => {
      await say(`before ${what}`);
      const done = await act(...given);
      await say(`after ${what}`);
      return done;
    };
  };
  const spoken = (copying: typeof to.copying, name: string) => ({
    ...copying,
    collections: copying.collections,
    put: told(copying.put, `${name} put`),
    clear: told(copying.clear, `${name} clear`),
    setClosure: told(copying.setClosure, `${name} closure`),
    setVersion: told(copying.setVersion, `${name} version`),
  });
  const moved = await move(spoken(from.copying, 'old'), spoken(to.copying, 'new'), { clock, isForced: false });
  await say(moved.ok ? 'moved' : moved.says);
  await from.close();
  await to.close();
} else {
  const store = await open(dataDir, [counting]);
  await store.bootstrap();
  await say('serving');
  await store.close();
}
