import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { readForm } from '../../src/http/form.ts';
import { startServer } from '../../src/ops/index.ts';
import type { Visitor } from '../support/visitor.ts';
import { aTown, type Town } from './town.ts';

const mebibyte = 1024 * 1024;
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const fields = Array.from({ length: 10_000 }, (_, n) => `a${n}`).join('&');
const bomb = gzipSync(Buffer.alloc(10 * mebibyte, 'a'));
/** As deep as fits into the 56 KiB that a registration may have. */
const depth = 9_000;
const deepObject = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const deepArray = `${'['.repeat(depth)}${']'.repeat(depth)}`;

interface Hostile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

describe('a server process that is sent more than it takes', () => {
  let town: Town;
  let visitor: Visitor;
  let token: string;
  beforeAll(async () => {
    town = await aTown();
    visitor = town.visitor(town.nodes[0]);
    await visitor.visit(town.request().url);
    token = (await town.operator.oidc.registrationTokens.issue('harbour', 3_600, { kind: 'operator' })).token;
  });
  afterAll(() => town.close());

  const port = () => town.nodes[0]!.port;
  const signInForm = (body: string | Buffer, headers = {}): Hostile => ({
    path: visitor.page.url.pathname,
    headers: { 'content-type': form, ...pageHeaders(), ...headers },
    body,
  });
  const tokenForm = (body: string | Buffer, headers = {}): Hostile => ({
    path: '/realms/harbour/token',
    headers: { 'content-type': form, ...headers },
    body,
  });
  const registration = (body: string | Buffer, headers = {}): Hostile => ({
    path: '/realms/harbour/reg',
    headers: { 'content-type': json, authorization: `Bearer ${token}`, ...headers },
    body,
  });
  const pageHeaders = () => ({
    cookie: visitor.cookies.header(visitor.page.url),
    origin: visitor.page.url.origin,
    'sec-fetch-site': 'same-origin',
  });

  /** Sends half of it, has somebody else answered ten times while that is all there is, and sends the rest. */
  async function send({ path, headers, body }: Hostile, { isChunked = false } = {}): Promise<number> {
    const bytes = Buffer.from(body);
    const half = bytes.length >> 1;
    const length: Record<string, string> = isChunked ? {} : { 'content-length': String(bytes.length) };
    const asking = request({
      ...{ host: '127.0.0.1', port: port(), method: 'POST', path, agent: false },
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
    asking.write(bytes.subarray(0, half));
    for (let turn = 0; turn < 10; turn += 1) await expectServed();
    asking.end(bytes.subarray(half));
    try {
      const [status] = await Promise.all([answered, expectServed()]);
      return status;
    } finally {
      asking.destroy();
    }
  }

  async function expectServed(): Promise<void> {
    const other = town.visitor(town.nodes[0]);
    const { status } = await other.request(`${town.issuer()}/.well-known/openid-configuration`);
    expect(status).toBe(200);
  }

  it.each([
    ['with its length said', false],
    ['in chunks', true],
  ])('B6: a form of 2 MiB is answered with 413, %s', async (_, isChunked) => {
    expect(await send(signInForm(`identifier=${'a'.repeat(2 * mebibyte)}`), { isChunked })).toBe(413);
  });

  it('B6: so is a registration, and a token request is refused', async () => {
    for (const isChunked of [false, true]) {
      const text = JSON.stringify({ client_name: 'a'.repeat(2 * mebibyte) });
      expect(await send(registration(text), { isChunked })).toBe(413);
      expect(await send(tokenForm(`code=${'a'.repeat(2 * mebibyte)}`), { isChunked })).toBe(400);
    }
  });

  it('B6: 10,000 fields are refused', async () => {
    expect(await send(signInForm(fields))).toBe(400);
    expect([400, 401]).toContain(await send(tokenForm(fields.slice(0, 50 * 1024))));
  });

  it.each([
    ['objects', deepObject],
    ['arrays', deepArray],
    ['objects in a list of addresses', `{"redirect_uris":${deepArray}}`],
    ['arrays for a name', `{"redirect_uris":["https://a.example/"],"client_name":${deepArray}}`],
    ['objects in keys', `{"redirect_uris":["https://a.example/"],"jwks":${deepObject}}`],
  ])('B6: JSON of 9,000 %s in one another is refused', async (_, text) => {
    expect(await send(registration(text))).toBe(400);
  });

  it('B6: what is compressed is refused, not unpacked', async () => {
    const packed = { 'content-encoding': 'gzip' };
    expect(await send(signInForm(bomb, packed))).toBe(400);
    expect([400, 401]).toContain(await send(tokenForm(bomb, packed)));
    expect(await send(registration(bomb, packed))).toBe(400);
  });

  it('B6: 64 KiB of headers are answered with 431', async () => {
    for (const said of [{ 'x-long': 'a'.repeat(64 * 1024) }, { cookie: `a=${'a'.repeat(64 * 1024)}` }]) {
      expect(await send(tokenForm('grant_type=none', said))).toBe(431);
    }
  });

  it('goes on as if nothing had been: the sign-in that was flooded, and the token that registers one portal', async () => {
    await visitor.reload();
    expect(visitor.page.step).toBe('password');
    const made = await town.visitor(town.nodes[0]).request(`${town.issuer()}/reg`, {
      method: 'POST',
      headers: { 'content-type': json, authorization: `Bearer ${token}` },
      body: JSON.stringify({ client_name: 'Notes', redirect_uris: ['https://notes.example.com/callback'] }),
      isBare: true,
    });
    expect(made.status).toBe(201);
    // Never the stack of an error: whatever came was expected.
    expect(town.nodes[0]!.said()).not.toMatch(/"level":[56]0/);
  });
});

it('B6: who goes on sending a form that was answered with 413 is cut off in the end', async () => {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    handler: (incoming, outgoing) =>
      readForm(incoming).catch((error: { status: number }) => {
        outgoing.statusCode = error.status;
        outgoing.end('too large');
      }),
    limits: { headersMs: 100, requestMs: 200 },
  });
  const socket = connect(server.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: ${64 * mebibyte}\r\n\r\n`);
  socket.write(Buffer.alloc(16 * mebibyte, 'a'));
  expect(await ended).toMatch(/^HTTP\/1.1 413 /);
  await server.stop(0);
});
