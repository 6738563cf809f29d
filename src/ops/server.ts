import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServerLimits {
  /** All header lines together; beyond it Node answers 431. */
  readonly headerBytes: number;
  /** From the first byte (or the connection) to the end of the headers, and to the end of the body. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** An idle connection is kept for the next request. */
  readonly keepAliveMs: number;
}

export const serverLimits: ServerLimits = {
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 20_000,
  keepAliveMs: 65_000,
};

export interface RunningServer {
  /** `http://127.0.0.1:4000` */
  readonly address: string;
  readonly port: number;
  /** Takes no new connections; resolves when the requests under way are answered, or cut off after `patienceMs`. */
  stop(patienceMs?: number): Promise<{ readonly wasCutOff: boolean }>;
}

/** Listens. Slow headers and bodies are cut off within 25 s, so that slow clients never hold connections for long. */
export async function startServer(given: {
  /** What it returns is not waited for. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => unknown;
  readonly host: string;
  readonly port: number;
  readonly limits?: Partial<ServerLimits>;
}): Promise<RunningServer> {
  const limits = { ...serverLimits, ...given.limits };
  let isStopping = false;
  const server = createHttpServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: Math.min(5_000, limits.headersMs / 2),
    },
    (request, response) => {
      if (isStopping) response.setHeader('Connection', 'close');
      given.handler(request, response);
    },
  );
  await listening(server, given.host, given.port);
  const { port } = server.address() as AddressInfo;
  const host = given.host.includes(':') ? `[${given.host}]` : given.host;

  return {
    address: `http://${host}:${port}`,
    port,
    async stop(patienceMs = 10_000) {
      isStopping = true;
      return stopped(server, patienceMs);
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stopped(server: Server, patienceMs: number): Promise<{ wasCutOff: boolean }> {
  return new Promise((resolve) => {
    let wasCutOff = false;
    // A connection whose answer was begun before we stopped becomes idle later than `close` looks.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const cut = setTimeout(() => {
      wasCutOff = true;
      server.closeAllConnections();
    }, patienceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve({ wasCutOff });
    });
  });
}
