/**
 * What a change of rules would do to many people, timed on both engines, and how long reads of sign-ins wait meanwhile in
 * the same process: `node scripts/bench-preview.ts [--people N]`. MongoDB is `MONGODB_URI`, or a server for tests, whose
 * speed is its own.
 */
import { parseArgs } from 'node:util';
import { type PreviewCost, previewCost, previewedPeople } from './bench/preview-cost.ts';
import { canRunMongo, startMongo } from './mongodb-for-tests.ts';

const { values } = parseArgs({ options: { people: { type: 'string', default: String(previewedPeople) } } });
const people = Number(values.people);

tell('SQLite', await previewCost(people));
const given = process.env['MONGODB_URI'];
if (given !== undefined) tell('MongoDB', await previewCost(people, given));
else if (canRunMongo()) {
  const server = await startMongo();
  try {
    tell('MongoDB (server for tests)', await previewCost(people, `${server.uri}bench`));
  } finally {
    await server.stop();
  }
}

function tell(engine: string, cost: PreviewCost): void {
  const { ms, cpuMs, reads, waitP99Ms, readsAlone, waitAloneP99Ms } = cost;
  process.stdout.write(
    `${engine}: ${cost.people.toLocaleString('en')} people in ${ms} ms, ${cpuMs} ms of CPU here; ` +
      `${reads} reads beside it, ${waitP99Ms} ms at p99 (${readsAlone} and ${waitAloneP99Ms} ms without it)\n`,
  );
}
