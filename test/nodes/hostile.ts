import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Visitor } from '../support/visitor.ts';
import type { Town } from './town.ts';

export interface Hostile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const mebibyte = 1024 * 1024;
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
export const aLongForm = `identifier=${'a'.repeat(2 * mebibyte)}`;
export const manyFields = Array.from({ length: 10_000 }, (_, n) => `a${n}`).join('&');
export const bomb = gzipSync(Buffer.alloc(10 * mebibyte, 'a'));
/** As deep as fits into the 56 KiB that a registration may have. */
const depth = 9_000;
export const deepObject = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
export const deepArray = `${'['.repeat(depth)}${']'.repeat(depth)}`;
export const longHeaders = [{ 'x-long': 'a'.repeat(64 * 1024) }, { cookie: `a=${'a'.repeat(64 * 1024)}` }];

/** What can be posted to a node: the form of a sign-in, a token request, a registration. */
export interface Doors {
  signInForm(body: string | Buffer, headers?: Readonly<Record<string, string>>): Hostile;
  tokenForm(body: string | Buffer, headers?: Readonly<Record<string, string>>): Hostile;
  registration(body: string | Buffer, headers?: Readonly<Record<string, string>>): Hostile;
  /** A browser whose sign-in that form is of. */
  readonly visitor: Visitor;
  /** Lets one portal register itself. */
  readonly token: string;
}

export async function doorsOf(town: Town): Promise<Doors> {
  const visitor = town.visitor(town.nodes[0]);
  await visitor.visit(town.request().url);
  const { token } = await town.operator.oidc.registrationTokens.issue('harbour', 3_600, { kind: 'operator' });
  const pageHeaders = {
    cookie: visitor.cookies.header(visitor.page.url),
    origin: visitor.page.url.origin,
    'sec-fetch-site': 'same-origin',
  };
  const path = visitor.page.url.pathname;
  return {
    ...{ visitor, token },
    signInForm: (body, headers) => ({ path, headers: { 'content-type': form, ...pageHeaders, ...headers }, body }),
    tokenForm: (body, headers) => ({
      path: '/realms/harbour/token',
      headers: { 'content-type': form, ...headers },
      body,
    }),
    registration: (body, headers) => ({
      path: '/realms/harbour/reg',
      headers: { 'content-type': json, authorization: `Bearer ${token}`, ...headers },
      body,
    }),
  };
}

/** Sends half of it, waits for `between`, and sends the rest; the status of the answer. */
export async function send(
  port: number,
  { path, headers, body }: Hostile,
  { isChunked = false, between = async () => {} }: { isChunked?: boolean; between?: () => Promise<void> } = {},
): Promise<number> {
  const bytes = Buffer.from(body);
  const half = bytes.length >> 1;
  const length: Record<string, string> = isChunked ? {} : { 'content-length': String(bytes.length) };
  const asking = request({
    ...{ host: '127.0.0.1', port, method: 'POST', path, agent: false },
    headers: { host: 'id.example.test', 'x-forwarded-for': '10.9.9.9', ...length, ...headers },
  });
  const answered = new Promise<number>((resolve, reject) => {
    asking.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    // Once it has answered it may hang up on what is still sent.
    asking.on('error', reject);
  });
  // Whoever hangs up first is awaited below.
  answered.catch(() => undefined);
  asking.write(bytes.subarray(0, half));
  await between();
  asking.end(bytes.subarray(half));
  try {
    return await answered;
  } finally {
    asking.destroy();
  }
}
