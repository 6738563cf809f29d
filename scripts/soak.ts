/**
 * `npm run soak -- [kills]`: kills the product at random moments of sign-ins, 200 times unless told otherwise, and looks
 * each time whether anything was lost. Exit code 1 when something was.
 */
import { killAgain } from '../test/crash/kill-again.ts';

const kills = Number(process.argv[2] ?? 200);
if (!Number.isInteger(kills) || kills < 1) throw new Error('the number of kills is a whole number from 1');

const found = await killAgain(kills, Math.random, (line) => process.stderr.write(`\r${line} `));
process.stderr.write('\n');
console.log(JSON.stringify(found, null, 2));
if (found.faults.length > 0) process.exitCode = 1;
