/** Ports for programs that must be told theirs before they start, and that stop and start again on it. */
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';

/** Below those that systems hand out by themselves (from 32768, 49152), so that nobody is given one meanwhile. */
const [first, count] = [12_000, 20_000];
let next = first + ((process.pid * 97) % count);

/**
 * Nobody listens on it, and until this process ends it is given to nobody else, in this process or another.
 * `from`: where to begin to look.
 */
export async function freePort(from = next): Promise<number> {
  next = from;
  for (let tries = 0; tries < count; tries += 1) {
    const port = next;
    next = port + 1 < first + count ? port + 1 : first;
    if ((await isReserved(port)) && (await isFree(port))) return port;
  }
  throw new Error('no port is free');
}

/**
 * Linux knows names of sockets that are in no directory and end with their process; the first to listen on one has it.
 * Elsewhere the ports of two test processes may meet.
 */
async function isReserved(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const holder = await listening({ path: `\0gatehouse-tests-port-${port}` });
  holder?.unref();
  return holder !== undefined;
}

async function isFree(port: number): Promise<boolean> {
  const probe = await listening({ host: '127.0.0.1', port });
  if (probe === undefined) return false;
  probe.close();
  await once(probe, 'close');
  return true;
}

/** Undefined when somebody else listens there. */
function listening(where: ListenOptions): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(where, () => resolve(server));
  });
}
