/**
 * `npm run soak:nodes -- [--kills 20] [--every 30] [--lanes 2] [--mongodb]`: two nodes behind a proxy, of which one is
 * killed and started again each 30 seconds, now this and now that, while people sign in: ten minutes unless told
 * otherwise. On a SQLite file, or on MongoDB: that of `MONGODB_URI` or a server that is started for it. Exit code 1 when
 * a code was taken twice, a record is missing, somebody could not sign in, or more than one request in a thousand
 * failed of those that no node was at when it died.
 */
import { parseArgs } from 'node:util';
import { killInTurn } from '../test/nodes/kills-in-turn.ts';
import { aTown } from '../test/nodes/town.ts';
import { onDatabase } from './soak/database.ts';
import { number, report, tell } from './soak/report.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    every: { type: 'string', default: '30' },
    lanes: { type: 'string', default: '2' },
    mongodb: { type: 'boolean', default: false },
  },
});
const given = {
  kills: number(values.kills, '--kills'),
  everyMs: number(values.every, '--every') * 1000,
  lanes: number(values.lanes, '--lanes'),
  tell,
};
const found = await onDatabase(values.mongodb, async (database) => {
  const town = await aTown(database);
  try {
    return await killInTurn(town, given);
  } finally {
    await town.close();
  }
});
report(found);
