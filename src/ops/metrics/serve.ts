import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { type RunningServer, startServer } from '../server.ts';
import type { WorkerCounts } from './join.ts';

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
const textFormat = 'text/plain; version=0.0.4; charset=utf-8';

/** `/metrics` in Prometheus' text format, on a port of its own. `read`: the text, made for each request. */
export async function serveMetrics(given: {
  readonly host: string;
  readonly port: number;
  readonly read: () => Promise<string>;
  readonly log: Logger;
}): Promise<RunningServer> {
  const { host, port, read, log } = given;
  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await read();
      response.writeHead(200, { 'Content-Type': textFormat, 'Cache-Control': 'no-store' });
      response.end(text);
    } catch (error) {
      log.error({ err: error }, 'metrics could not be read');
      response.writeHead(500).end();
    }
  };
  return await startServer({ handler, host, port });
}

/** What several processes measured, as one. `parts`: their `Metrics.asJson()`. */
export async function joinMetrics(parts: readonly unknown[], workers: WorkerCounts): Promise<string> {
  const { join } = await import('./join.ts');
  return await join(parts, workers);
}
