/**
 * `npm run soak -- [kills] [--mongodb]`: kills the product at random moments of sign-ins, 200 times unless told
 * otherwise, and looks each time whether anything was lost. Exit code 1 when something was.
 */
import { killAgain } from '../test/crash/kill-again.ts';
import { onDatabase } from './soak/database.ts';
import { number, soakOptions } from './soak/options.ts';

const { values, positionals } = soakOptions({ allowPositionals: true });
const kills = number(positionals[0] ?? '200', 'the number of kills');
const tell = (line: string) => process.stderr.write(`\r${line} `);

const { faults, ...counts } = await onDatabase(values.mongodb, (database) =>
  killAgain({ kills, random: Math.random, tell, ...database }),
);
process.stderr.write('\n');
console.log(JSON.stringify({ ...counts, faults }, null, 2));
if (faults.length > 0) process.exitCode = 1;
