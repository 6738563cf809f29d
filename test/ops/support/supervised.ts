/**
 * A primary with two workers that answer with their process id; `fail`: they end before they serve. Standard output:
 * the address when a worker serves, `begun` when all do.
 */
import cluster from 'node:cluster';
import { createLog, startServer, stopOnSignals, stopWithPrimary, superviseWorkers } from '../../../src/ops/index.ts';

const log = createLog({ level: 'silent' });
// A worker's arguments are its primary's to choose, so this is asked of the environment.
const isFailing = process.env.GATEHOUSE_TEST_FAIL === 'yes';

if (cluster.isPrimary) {
  const workers = superviseWorkers({ count: 2, log, delayMs: () => 0 });
  stopOnSignals(async () => void (await workers.stop(10_000)), log, workers.kill);
  const begun = await workers.begun;
  process.stdout.write(begun ? 'begun\n' : 'refused\n');
  if (!begun) process.exitCode = 1;
} else if (isFailing) {
  process.exit(1);
} else {
  const stopped = Promise.withResolvers<void>();
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    handler: async (request, response) => {
      response.setHeader('Connection', 'close');
      response.write(String(process.pid));
      // Answers in two halves, the second after it was told to stop.
      if (request.url === '/slow') await stopped.promise;
      response.end(' done');
    },
  });
  stopWithPrimary(async () => {
    const stopping = server.stop();
    stopped.resolve();
    await stopping;
  }, log);
  process.stdout.write(`${server.address}\n`);
}
