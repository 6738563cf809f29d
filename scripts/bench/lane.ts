import { Agent, request } from 'node:http';
import { proxyHeaders, type Target } from './target.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly setCookies: readonly string[];
  /** Resolved against the address asked for. */
  readonly location: URL | undefined;
  /** Of a 429 or 503. */
  readonly retryAfterS: number | undefined;
}

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form by POST. */
  readonly form?: Readonly<Record<string, string>>;
}

/** One connection to the provider, used for one request at a time. */
export interface Lane {
  ask(url: URL, asked?: Asked): Promise<Answer>;
  close(): void;
}

/** Whatever host an address names, it is the provider behind its proxy: the one at `port`. */
export function openLane({ port, issuer }: Pick<Target, 'port' | 'issuer'>): Lane {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const proxied = proxyHeaders(issuer);
  return {
    ask(url, { headers = {}, form } = {}) {
      const body = form === undefined ? undefined : new URLSearchParams(form).toString();
      const typed = body === undefined ? {} : formHeaders(body);
      return new Promise((resolve, reject) => {
        const outgoing = request(
          {
            agent,
            host: '127.0.0.1',
            port,
            method: body === undefined ? 'GET' : 'POST',
            path: url.pathname + url.search,
            headers: { ...proxied, ...typed, ...headers },
          },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
            incoming.once('error', reject);
            incoming.once('end', () => {
              const { location, 'retry-after': retryAfter } = incoming.headers;
              resolve({
                status: incoming.statusCode ?? 0,
                body: Buffer.concat(chunks).toString('utf8'),
                setCookies: incoming.headers['set-cookie'] ?? [],
                location: location === undefined ? undefined : new URL(location, url),
                retryAfterS: retryAfter === undefined ? undefined : Number(retryAfter),
              });
            });
          },
        );
        outgoing.once('error', reject);
        outgoing.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

/** The same connection, and somebody else's address. */
export function from(address: string, lane: Lane): Lane {
  return {
    ask: (url, asked) => lane.ask(url, { ...asked, headers: { ...asked?.headers, 'x-forwarded-for': address } }),
    close: () => undefined,
  };
}

function formHeaders(body: string): Record<string, string> {
  return { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) };
}
