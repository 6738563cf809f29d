import { lookup as resolveHost } from 'node:dns/promises';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { GatehouseError } from './errors.ts';

export interface GuardedRequest {
  readonly method?: string | undefined;
  readonly headers?: RequestInit['headers'] | undefined;
  /** A form is sent as one (Fetch, "extract a body"). */
  readonly body?: string | URLSearchParams | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * Calls an address that somebody else chose. Redirects are not followed. Throws `forbidden` when it is one we do not
 * call; other errors are the network's. The answer is read when this returns.
 */
export type GuardedFetch = (address: string | URL, request?: GuardedRequest) => Promise<Response>;

export interface Resolved {
  readonly address: string;
  readonly family: number;
}

export interface GuardedFetchDeps {
  /** Exact origins that may be internal, and http. */
  readonly allowOrigins: readonly string[];
  /** All addresses of a host; the system's resolver by default. */
  readonly resolve?: (host: string) => Promise<readonly Resolved[]>;
  /** From the first byte out to the last byte in. */
  readonly timeoutMs?: number;
}

const timeoutByDefaultMs = 5_000;
/** What we ask for is a key set or a status. */
const longestBody = 256 * 1024;
/** Statuses whose answer has no body (Fetch, "null body status"). */
const withoutBody = new Set([204, 205, 304]);

/** Not kept alive: a kept socket would outlive the judgement on its address. */
const agents = { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) };

/**
 * Refuses what is not https, and hosts that have an internal address; connects to the very addresses it judged, so
 * that a name that resolves otherwise a moment later (DNS rebinding) leads nowhere.
 */
export function createGuardedFetch(deps: GuardedFetchDeps): GuardedFetch {
  const { allowOrigins, resolve = systemResolver, timeoutMs = timeoutByDefaultMs } = deps;
  const allowed = new Set(allowOrigins);

  return async (address, request = {}) => {
    const url = new URL(address);
    const isAllowed = allowed.has(url.origin);
    if (!isAllowed && url.protocol !== 'https:') throw refused(url, 'it is not https');
    if (url.username !== '' || url.password !== '') throw refused(url, 'it carries a user name or password');
    const signal = AbortSignal.any([
      AbortSignal.timeout(timeoutMs),
      ...(request.signal instanceof AbortSignal ? [request.signal] : []),
    ]);
    const found = await addressesOf(url.hostname, resolve);
    if (found.length === 0) throw refused(url, 'its host has no address');
    if (!isAllowed && !found.every((each) => isPublicAddress(each.address))) throw refused(url, 'it is internal');
    return send(url, request, pinnedTo(found), signal);
  };
}

const systemResolver = (host: string): Promise<readonly Resolved[]> => resolveHost(host, { all: true });

async function addressesOf(
  hostname: string,
  resolve: NonNullable<GuardedFetchDeps['resolve']>,
): Promise<readonly Resolved[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.isValid(literal)) return [{ address: literal, family: ipaddr.parse(literal).kind() === 'ipv6' ? 6 : 4 }];
  return resolve(hostname);
}

/** Whether an address is one of the public internet: every special range (RFC 6890 and later) is not. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

const refused = (url: URL, why: string) =>
  new GatehouseError('forbidden', `will not call ${url.origin}: ${why} (see GATEHOUSE_ALLOW_ORIGINS)`);

function pinnedTo(found: readonly Resolved[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = found;
    if (options.all === true) callback(null, [...found]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

function send(url: URL, request: GuardedRequest, lookup: LookupFunction, signal: AbortSignal): Promise<Response> {
  const { method = 'GET', body } = request;
  const given = new Headers(request.headers);
  if (body instanceof URLSearchParams && !given.has('content-type'))
    given.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
  const headers = Object.fromEntries(given);
  const isTls = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const options = { method, headers, lookup, signal, agent: isTls ? agents.https : agents.http };
    const outgoing = (isTls ? requestHttps : requestHttp)(url, options, (answer) => {
      responseOf(answer).then(resolve, (error: unknown) => {
        answer.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body?.toString());
  });
}

async function responseOf(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw new Error(`the answer is longer than ${longestBody} bytes`);
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(answer.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const status = answer.statusCode ?? 0;
  return new Response(withoutBody.has(status) ? null : Buffer.concat(chunks), { status, headers });
}
