/** A process that is in the middle of a change that could shut administrators out, until it is killed. It says `in`. */
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/index.ts';
import { aKeyring } from '../support/store.ts';

const read = readConfig(JSON.parse(process.argv[2] ?? '{}'));
if (!read.ok) throw new Error(read.faults.join('\n'));
const clock = { now: () => new Date() };
const app = await createApp({ config: read.config, keyring: aKeyring(), clock, log: pino({ level: 'silent' }) });
const nothing = async () => undefined;
await app.guards.keeping('crash', nothing, async () => {
  writeSync(1, 'in\n');
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});
