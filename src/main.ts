/** Reads the configuration, and serves: by itself, or by workers that share the port. */
import cluster from 'node:cluster';
import { isAbsolute, relative } from 'node:path';
import { type Config, readEnvironment } from './config/index.ts';

const read = readEnvironment();
if (read.ok) await run(read.config);
else refuse(read.faults);

async function run(config: Config): Promise<void> {
  const isDevelopment = config.mode === 'development';
  if (config.workers > 1 && cluster.isPrimary) {
    const { serveByWorkers } = await import('./serve-by-workers.ts');
    if (!(await serveByWorkers(config))) process.exitCode = 1;
    else if (isDevelopment) welcome(config);
    return;
  }
  const { serve } = await import('./serve.ts');
  const served = await serve(config);
  if (!served.ok) {
    refuse(served.faults);
    // A worker's channel to its primary would keep it alive.
    if (cluster.isWorker) process.disconnect();
  } else if (isDevelopment && !cluster.isWorker) {
    welcome(config);
  }
}

/** As people would type it. */
function shown(directory: string): string {
  const way = relative(process.cwd(), directory);
  return way.startsWith('..') || isAbsolute(way) ? directory : `./${way}`;
}

function welcome({ origin, data }: Pick<Config, 'origin' | 'data'>): void {
  process.stdout.write(
    [
      '',
      '  Gatehouse is running.',
      '',
      `  Start here     ${origin}/`,
      `  Outbox         ${origin}/dev/outbox`,
      `  Authenticator  ${origin}/dev/authenticator`,
      '',
      `  Stop with Ctrl+C. Data is kept in ${shown(data)}; delete it to begin anew.`,
      '',
    ].join('\n'),
  );
}

function refuse(faults: readonly string[]): void {
  process.stderr.write(`Gatehouse does not start:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`);
  process.exitCode = 1;
}
