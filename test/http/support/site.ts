import { randomBytes } from 'node:crypto';
import { request as send } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createHttp, createViews, type HttpContents, type HttpDependencies } from '../../../src/http/index.ts';
import { type Clock, createKeyring, systemClock } from '../../../src/kernel/index.ts';
import { createLog, startServer } from '../../../src/ops/index.ts';
import type { Realm } from '../../../src/realm/index.ts';

export const fixtureViews = fileURLToPath(new URL('./views', import.meta.url));

export const aRealm = (id: string, more: Partial<Realm> = {}): Realm => ({
  id,
  name: `Realm ${id}`,
  branding: { accent: '#123456', accentInk: '#ffffff', mark: 'R' },
  languages: ['en', 'de'],
  policy: {},
  createdAt: new Date(0),
  changedAt: new Date(0),
  ...more,
});

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** `name=value` of each cookie that was set. */
  readonly cookies: readonly string[];
}

export interface TestSite {
  readonly port: number;
  readonly lines: readonly string[];
  ask(
    path: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
  ): Promise<Answer>;
  stop(): Promise<void>;
}

/** A listening site with realms `one` and `two`; the request's path goes out exactly as given. */
export async function aSite(
  contents: Partial<HttpContents> = {},
  config: Partial<HttpDependencies['config']> = {},
  views = fixtureViews,
  clock: Clock = systemClock,
): Promise<TestSite> {
  const realms = [aRealm('one'), aRealm('two'), aRealm('own', { origin: 'http://own.localhost' })];
  const lines: string[] = [];
  const app = createHttp(
    {
      config: { mode: 'development', origin: 'http://localhost:4000', ...config },
      realms: {
        get: async (id) => realms.find((realm) => realm.id === id),
        at: async (host) => realms.find(({ origin }) => origin === `http://${host}`),
      },
      keyring: createKeyring([{ id: 'test', secret: randomBytes(32) }]),
      views: createViews({ directory: views, clock }),
      clock,
      log: createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    },
    { routes: [], provider: async ({ koa }) => void (koa.body = 'provider'), ...contents },
  );
  const server = await startServer({ handler: app.callback(), host: '127.0.0.1', port: 0 });
  return {
    port: server.port,
    lines,
    ask: (path, options = {}) => ask(server.port, path, options),
    stop: async () => void (await server.stop(0)),
  };
}

function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: NonNullable<Parameters<TestSite['ask']>[1]>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = send(
      { host: '127.0.0.1', port, path, method, headers: { Host: 'localhost:4000', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
            cookies: (response.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? ''),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
