/**
 * Challenge steps per second, by kind: what the POST of a right proof costs from the engine on (attempt, count of guesses,
 * the factor's own judgement and writes, the next decision, the finish), on SQLite or on `--database mongodb://host/name`. Without
 * HTTP and without the password, whose hash would hide it. `npm run bench:challenges -- [--people 400] [--lanes 16] [--kind totp]`
 */
import { parseArgs } from 'node:util';
import { type Asked, challengeKinds } from './bench/challenge-kinds.ts';
import { aFurnishedHouse } from './bench/furnished-house.ts';
import { percentile } from './bench/statistics.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '400' },
    lanes: { type: 'string', default: '16' },
    database: { type: 'string', default: '' },
    kind: { type: 'string', multiple: true, default: Object.keys(challengeKinds) },
  },
});
const people = Number(values.people);
const lanes = Number(values.lanes);

process.stdout.write(`${people} people, ${lanes} lanes, ${values.database === '' ? 'SQLite' : 'MongoDB'}\n`);
for (const kind of values.kind) {
  const known = challengeKinds[kind];
  if (known === undefined) throw new Error(`--kind is one of ${Object.keys(challengeKinds).join(', ')}`);
  const { methods, prepare } = known;
  const policy = { secondFactor: kind === 'email' ? ('optional' as const) : ('required' as const), methods };
  // One database for each kind: people of the same names.
  const database = values.database === '' ? '' : `${values.database.replace(/\/$/, '')}_${kind}`;
  const furnished = await aFurnishedHouse(policy, database);
  const { house } = furnished;
  const asked: Asked[] = [];
  for (let n = 0; n < people; n += 1) asked.push(await prepare(house, `p${n}`, furnished, n));
  const before = house.completed.length;
  const took: number[] = [];
  const waiting = asked.values();
  const usedBefore = process.cpuUsage();
  const began = performance.now();
  const lane = async () => {
    for (const { browser, path, form } of waiting) {
      const from = performance.now();
      const proven = await browser.post(path, form);
      // The decision after it, and the finish: what the browser is redirected to.
      await browser.follow(proven);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(usedBefore);
  const cpuMs = (user + system) / 1000 / people;
  const completed = house.completed.length - before;
  if (completed !== people) throw new Error(`${kind}: ${completed} of ${people} were completed`);
  const sorted = took.toSorted((a, b) => a - b);
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)].map((ms) => ms.toFixed(1));
  process.stdout.write(
    `${kind.padEnd(10)}${(people / seconds).toFixed(0).padStart(6)}/s   CPU ${cpuMs.toFixed(2)} ms   p50 ${p50} ms   p99 ${p99} ms\n`,
  );
  await house.close();
}
