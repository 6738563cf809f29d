/**
 * `npm run soak:outages -- [outages]`: two nodes on a MongoDB server that is killed and started again, 20 times unless
 * told otherwise, each time in the middle of a sign-in. Says how soon `/readyz` is red and green. Exit code 1 when
 * something was lost.
 */
import { aDatabase } from '../test/nodes/databases.ts';
import { outagesInTurn } from '../test/nodes/outages.ts';
import { aTown } from '../test/nodes/town.ts';
import { startMongo } from './mongodb-for-tests.ts';
import { number, report, tell } from './soak/report.ts';

const outages = number(process.argv[2] ?? '20', 'the number of outages');
const mongo = await startMongo();
try {
  const town = await aTown({ database: aDatabase(mongo.uri) });
  try {
    report(await outagesInTurn(town, mongo, outages, tell));
  } finally {
    await town.close();
  }
} finally {
  await mongo.stop();
}
