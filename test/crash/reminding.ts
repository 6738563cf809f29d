/**
 * A process that reminds people of a roll-out and hands the mails on, as a server does in its rounds. Arguments: after
 * how many writes it stands still to be killed (0: never), how far its clock is ahead, the settings as JSON. It says a
 * line after each write, and `done` at the end.
 */
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/index.ts';
import { noTelemetry } from '../../src/ops/index.ts';
import { watchStore } from '../../src/ops/watch-store.ts';
import { aKeyring } from '../support/store.ts';

const [writes, aheadMs, settings = '{}'] = process.argv.slice(2);
let left = Number(writes);

async function say(line: string): Promise<void> {
  writeSync(1, `${line}\n`);
  left -= 1;
  if (left === 0) await new Promise((resolve) => setTimeout(resolve, 600_000));
}

/** What reminders go through: what is known of people, the queue of mails. */
const watched = new Set(['rollout_people', 'messages']);
const writing = new Set(['insert', 'insertMany', 'update', 'upsert']);

const read = readConfig(JSON.parse(settings));
if (!read.ok) throw new Error(read.faults.join('\n'));
const app = await createApp({
  config: read.config,
  keyring: aKeyring(),
  clock: { now: () => new Date(Date.now() + Number(aheadMs)) },
  log: pino({ level: 'silent' }),
  telemetry: {
    ...noTelemetry,
    watch: (store) =>
      watchStore(store, async (collection, operation, act) => {
        const answered = await act();
        if (watched.has(collection) && writing.has(operation)) await say(collection);
        return answered;
      }),
  },
});
await app.rollouts.workOnce();
while ((await app.drain()) > 0);
await say('done');
await app.stop();
