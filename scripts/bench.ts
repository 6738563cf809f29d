/**
 * Measures the product beside oidc-provider by itself: `npm run bench -- --help`. Prints a table; see
 * docs/performance.md for what the figures mean.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { prepareBare } from './bench/bare.ts';
import { Contender, type Result } from './bench/contender.ts';
import { decisionUs } from './bench/decision-cost.ts';
import { hashCpuMs } from './bench/hash-cost.ts';
import { startLoad } from './bench/load-process.ts';
import type { Report, Run } from './bench/measurements.ts';
import { nameOf, type Options, readOptions, type Setting, usage } from './bench/options.ts';
import { newCodesMs } from './bench/people-in-turn.ts';
import { previewCost } from './bench/preview-cost.ts';
import { hasProc } from './bench/process-usage.ts';
import { NotMeasurable, type Prepared, Product } from './bench/product.ts';
import { rounded } from './bench/statistics.ts';
import { tableOf } from './bench/table.ts';
import { judge } from './bench/targets.ts';
import { canRunMongo, type MongoForTests, startMongo } from './mongodb-for-tests.ts';

const args = process.argv.slice(2);
const options = readOptions(args);
if (args.includes('--help')) process.stdout.write(`${usage}\n`);
else if (typeof options === 'string') refuse(options);
else await bench(options);

async function bench(chosen: Options): Promise<void> {
  let mongo: MongoForTests | undefined;
  const product = await Product.create(async () => {
    if (!canRunMongo()) throw new NotMeasurable('the MongoDB server for tests needs Python 3.10');
    mongo ??= await startMongo();
    return mongo.uri;
  });
  const bare = await prepareBare();
  try {
    const report = await measureAll(chosen, product, bare);
    if (report === undefined) return;
    process.stdout.write(`${tableOf(report)}\n`);
    if (chosen.json !== undefined) await writeFile(resolve(chosen.json), `${JSON.stringify(report, undefined, 2)}\n`);
  } finally {
    await mongo?.stop();
    await product.remove();
    await bare.remove();
  }
  if (chosen.isWhole) for (const script of ['bench-challenges.ts', 'bench-import.ts']) await alongside(script);
}

/** A bench of its own, which prints what it finds. */
async function alongside(script: string): Promise<void> {
  say(script);
  const child = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, script)], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}

async function measureAll(chosen: Options, product: Product, bare: Prepared): Promise<Report | undefined> {
  const runs: Run[] = [];
  const refused: { setting: Setting; why: string }[] = [];
  let limit: Result | undefined;
  let hashMs: number | undefined;
  for (const setting of chosen.settings) {
    say(nameOf(setting));
    try {
      if (setting.workers > 1 && !hasProc) throw new NotMeasurable('more than one worker is measured on Linux only');
      const prepared = await product.prepare(setting);
      // Those of the setting before may be the same people.
      if (runs.length > 0) await pause(newCodesMs(Date.now()));
      // Beside the first setting, in turns with it, so that both see the machine in the same state.
      const measured = await measureTogether(chosen, limit === undefined ? [prepared, bare] : [prepared]);
      const [result, theirs] = measured.results;
      if (result !== undefined) runs.push({ setting, result });
      limit ??= theirs;
      hashMs ??= measured.hashCpuMs;
    } catch (error) {
      // What was measured before is told all the same.
      if (!(error instanceof NotMeasurable)) process.exitCode = 1;
      refused.push({ setting, why: (error as Error).message });
    }
  }
  const [first] = runs;
  if (first === undefined || limit === undefined || hashMs === undefined) {
    refuse(refused.map(({ setting, why }) => `${nameOf(setting)}: ${why}`).join('\n'));
    return undefined;
  }
  if (chosen.hasPreview) say('preview');
  const measurements = {
    ours: first.result,
    bare: limit,
    hashCpuMs: hashMs,
    decisionUs: decisionUs(),
    ...(chosen.hasPreview ? { preview: await previewCost() } : {}),
    runs,
  };
  const machine = { node: process.versions.node, cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
  // They are about SQLite, which is measured first where it is measured at all.
  const targets = first.setting.engine === 'sqlite' ? judge(measurements) : [];
  return { at: new Date().toISOString(), machine, ...measurements, refused, targets };
}

/**
 * Operation by operation, each provider in turn: what else the machine does hits all of them alike. So the hash is
 * measured before the sign-ins and after, and is what lies between.
 */
async function measureTogether(
  chosen: Options,
  prepared: readonly Prepared[],
): Promise<{ readonly results: readonly Result[]; readonly hashCpuMs: number }> {
  const loads = prepared.map(() => startLoad());
  const contenders: Contender[] = [];
  const hashes: number[] = [];
  try {
    for (const [at, one] of prepared.entries()) {
      const load = loads[at];
      if (load !== undefined) contenders.push(await Contender.start(one, chosen, load));
    }
    for (const contender of contenders) await contender.connect();
    for (const name of chosen.operations) {
      say(`  ${name}`);
      if (name === 'sign_in') hashes.push(await hashCpuMs());
      for (const contender of contenders) await contender.measure(name);
    }
    hashes.push(await hashCpuMs());
    if (chosen.isFlooded) {
      say('  flood');
      await contenders[0]?.measureFlood();
    }
    const results = await Promise.all(contenders.map((contender) => contender.result()));
    return { results, hashCpuMs: rounded(hashes.reduce((sum, each) => sum + each, 0) / hashes.length) };
  } finally {
    for (const load of loads) load.stop();
    await Promise.all(contenders.map((contender) => contender.stop()));
  }
}

/** Progress, apart from the table. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function refuse(why: string): void {
  process.stderr.write(`${why}\n\n${usage}\n`);
  process.exitCode = 1;
}
