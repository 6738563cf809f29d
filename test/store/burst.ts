/**
 * A process that writes to a database together with its parent, and says on stdout what was acknowledged.
 * Arguments: database, data directory, job, name. `insert`: new documents until it is killed. `count`: adds 1 to the
 * document `shared` 50 times, five at a time.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/index.ts';
import { aKeyring } from '../support/store.ts';
import { aThing, thingsNamed } from './things.ts';

const [database = '', dataDir = '', job, name = ''] = process.argv.slice(2);
const store = await openStore({ database, dataDir, keyring: aKeyring(), clock: { now: () => new Date() } });
const things = store.collection(thingsNamed('things'));
await store.bootstrap();

/** Written before the next is asked for, also where the parent is slow to read and the pipe full. */
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'EAGAIN') throw error;
    }
  }
}

if (job === 'insert') {
  const writer = async (lane: number) => {
    for (let at = 0; ; at += 1) {
      const id = `${name}-${lane}-${at}`;
      await things.insert(aThing({ id, realm: name, label: id }));
      say(id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, lane) => writer(lane)));
} else {
  say('ready');
  const lane = async () => {
    for (let at = 0; at < 10; at += 1) {
      const updated = await things.update('shared', (thing) => ({ ...thing, count: thing.count + 1 }));
      if (updated.ok) say('counted');
    }
  };
  await Promise.all(Array.from({ length: 5 }, lane));
  await store.close();
}
