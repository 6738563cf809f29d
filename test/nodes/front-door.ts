import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startServer } from '../../src/ops/index.ts';

/** In tests everybody comes from 127.0.0.1: what the proxy takes for the address that it sees. Never passed on. */
export const clientAddress = 'x-client-address-in-tests';

/** How requests ended. */
export interface Passed {
  readonly answered: number;
  /** Answered by a node with 500 or more, or by none since none listened. */
  readonly failed: number;
  /** Cut off while a node was at them. */
  readonly broken: number;
}

export interface FrontDoor {
  readonly port: number;
  passed(): Passed;
  close(): Promise<void>;
}

/**
 * The proxy in front of the nodes, set up as docs/operations.md asks: ends TLS (so to speak), says host and scheme,
 * appends the address it sees to `X-Forwarded-For`, hands each request to the next node in turn, and to the one after
 * it when nobody listens. What broke on the way is answered with 502, as it may have been done.
 */
export async function aFrontDoor(ports: readonly number[]): Promise<FrontDoor> {
  let requests = 0;
  const passed = { answered: 0, failed: 0, broken: 0 };
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    handler: async (incoming, outgoing) => {
      const body = await buffer(incoming);
      requests += 1;
      const turn = requests;
      for (let tries = 0; tries < ports.length; tries += 1) {
        const port = ports[(turn + tries) % ports.length] ?? 0;
        const outcome = await pass(incoming, body, port, outgoing);
        if (outcome === 'nobody') continue;
        passed[outcome === 'answered' && outgoing.statusCode >= 500 ? 'failed' : outcome] += 1;
        if (outcome === 'answered') return;
        outgoing.statusCode = 502;
        outgoing.end('a node ended while it was at it');
        return;
      }
      passed.failed += 1;
      outgoing.statusCode = 502;
      outgoing.end('no node answered');
    },
  });
  return { port: server.port, passed: () => ({ ...passed }), close: async () => void (await server.stop(100)) };
}

function pass(
  incoming: IncomingMessage,
  body: Buffer,
  port: number,
  outgoing: ServerResponse,
): Promise<'answered' | 'nobody' | 'broken'> {
  return new Promise((resolve) => {
    const { url: path = '/', method = 'GET' } = incoming;
    const headers = proxied(incoming.headers);
    const asking = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
      buffer(answer).then(
        (text) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          outgoing.end(text, () => resolve('answered'));
        },
        () => resolve('broken'),
      );
    });
    asking.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' ? 'nobody' : 'broken');
    });
    asking.end(body);
  });
}

function proxied({ [clientAddress]: address, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  const seen = String(address ?? '192.0.2.10');
  const said = headers['x-forwarded-for'];
  return {
    ...headers,
    'x-forwarded-for': said === undefined ? seen : `${String(said)}, ${seen}`,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': headers.host ?? '',
    connection: 'close',
  };
}
