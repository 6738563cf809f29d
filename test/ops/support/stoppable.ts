/** A server that answers in two halves, the second after it was told to stop. */
import { createLog, startServer, stopOnSignals } from '../../../src/ops/index.ts';

const stopped = Promise.withResolvers<void>();
const server = await startServer({
  host: '127.0.0.1',
  port: 0,
  handler: async (_, response) => {
    response.write('begun, ');
    await stopped.promise;
    response.end('done');
  },
});
stopOnSignals(
  async () => {
    const stopping = server.stop();
    stopped.resolve();
    await stopping;
  },
  createLog({ level: 'silent' }),
);
process.stdout.write(`${server.address}\n`);
