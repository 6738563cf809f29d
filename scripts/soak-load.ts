/**
 * `npm run soak:load -- [--minutes 30] [--share 70] [--workers 1] [--mongodb]`: complete sign-ins (password, code of an
 * app, tokens) at so many per cent of what one server can do, which is measured first. Says each minute's count, p99,
 * resident memory and open files. Exit code 1 when a sign-in failed, or memory or open files grew (L4).
 */
import { parseArgs } from 'node:util';
import { startLoad } from './bench/load-process.ts';
import { Product } from './bench/product.ts';
import { startServerProcess } from './bench/server-process.ts';
import { type MongoForTests, startMongo } from './mongodb-for-tests.ts';
import { judgeEndurance, type Minute, minuteOf } from './soak/endurance.ts';
import { number, report, tell } from './soak/report.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    share: { type: 'string', default: '70' },
    workers: { type: 'string', default: '1' },
    mongodb: { type: 'boolean', default: false },
  },
});
const minutes = number(values.minutes, '--minutes');
const share = number(values.share, '--share') / 100;
const workers = number(values.workers, '--workers');

/** Each one's code works once in a minute and a half: enough for 100 sign-ins a second. */
const people = 10_000;
/** As benched, and twice as many when it goes on at a pace. */
const atOnce = 16;
const lanes = 32;
const [warmUpS, measureS] = [10, 20];

let mongo: MongoForTests | undefined;
const product = await Product.create(async () => {
  mongo ??= await startMongo();
  return mongo.uri;
});
try {
  tell(`making ${people} people`);
  const { program, target } = await product.prepare({ engine: values.mongodb ? 'mongodb' : 'sqlite', people, workers });
  const server = await startServerProcess(program);
  const load = startLoad();
  try {
    await load.connect(target, lanes);
    tell('measuring what it can do');
    await load.run('sign_in', atOnce, warmUpS);
    const { tookMs, wallMs } = await load.run('sign_in', atOnce, measureS);
    const perSecond = Math.max(0.1, Math.round((tookMs.length / wallMs) * 1000 * share * 10) / 10);

    const done: Minute[] = [];
    const failures: string[] = [];
    let late = 0;
    for (let minute = 1; minute <= minutes; minute += 1) {
      const ran = await load.signInPaced(perSecond, 60);
      const { rssMiB } = await server.usage();
      const now = minuteOf(ran.tookMs, rssMiB, server.openFiles());
      done.push(now);
      failures.push(...(ran.failures ?? []));
      late += ran.late ?? 0;
      tell(`minute ${minute} of ${minutes}: ${now.signIns} sign-ins, p99 ${now.p99Ms} ms, ${now.rssMiB} MiB`);
    }
    report(judgeEndurance({ perSecond, minutes: done, failures, late }));
  } finally {
    load.stop();
    await server.stop();
  }
} finally {
  await mongo?.stop();
  await product.remove();
}
