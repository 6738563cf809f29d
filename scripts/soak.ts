/**
 * `npm run soak -- [kills] [--mongodb]`: kills the product at random moments of sign-ins, 200 times unless told
 * otherwise, and looks each time whether anything was lost. On a SQLite file, or on MongoDB: that of `MONGODB_URI` or a
 * server that is started for it. Exit code 1 when something was lost.
 */
import { parseArgs } from 'node:util';
import { killAgain } from '../test/crash/kill-again.ts';
import { onDatabase } from './soak/database.ts';
import { number, report, tell } from './soak/report.ts';

const { values, positionals } = parseArgs({
  options: { mongodb: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const kills = number(positionals[0] ?? '200', 'the number of kills');
report(await onDatabase(values.mongodb, (database) => killAgain({ kills, random: Math.random, tell, ...database })));
