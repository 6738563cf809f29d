import { connect } from 'node:net';
import { readForm } from '../../src/http/form.ts';
import { startServer } from '../../src/ops/index.ts';
import {
  aLongForm,
  bomb,
  type Doors,
  deepArray,
  deepObject,
  doorsOf,
  type Hostile,
  longHeaders,
  manyFields,
  send,
} from './hostile.ts';
import { aTown, type Town } from './town.ts';

const mebibyte = 1024 * 1024;
const form = 'application/x-www-form-urlencoded';

describe('a server process that is sent more than it takes', () => {
  let town: Town;
  let doors: Doors;
  beforeAll(async () => {
    town = await aTown();
    doors = await doorsOf(town);
  });
  afterAll(() => town.close());

  /** Has somebody else answered ten times while half of it is all there is, and once while it is judged. */
  async function sent(hostile: Hostile, { isChunked = false } = {}): Promise<number> {
    let last: Promise<void> | undefined;
    const between = async () => {
      for (let turn = 0; turn < 10; turn += 1) await expectServed();
      last = expectServed();
    };
    const status = await send(town.nodes[0]!.port, hostile, { isChunked, between });
    await last;
    return status;
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
    expect(await sent(doors.signInForm(aLongForm), { isChunked })).toBe(413);
  });

  it('B6: so is a registration, and a token request is refused', async () => {
    for (const isChunked of [false, true]) {
      const text = JSON.stringify({ client_name: 'a'.repeat(2 * mebibyte) });
      expect(await sent(doors.registration(text), { isChunked })).toBe(413);
      expect(await sent(doors.tokenForm(`code=${'a'.repeat(2 * mebibyte)}`), { isChunked })).toBe(400);
    }
  });

  it('B6: 10,000 fields are refused', async () => {
    expect(await sent(doors.signInForm(manyFields))).toBe(400);
    expect([400, 401]).toContain(await sent(doors.tokenForm(manyFields.slice(0, 50 * 1024))));
  });

  it.each([
    ['objects', deepObject],
    ['arrays', deepArray],
    ['objects in a list of addresses', `{"redirect_uris":${deepArray}}`],
    ['arrays for a name', `{"redirect_uris":["https://a.example/"],"client_name":${deepArray}}`],
    ['objects in keys', `{"redirect_uris":["https://a.example/"],"jwks":${deepObject}}`],
  ])('B6: JSON of 9,000 %s in one another is refused', async (_, text) => {
    expect(await sent(doors.registration(text))).toBe(400);
  });

  it('B6: what is compressed is refused, not unpacked', async () => {
    const packed = { 'content-encoding': 'gzip' };
    expect(await sent(doors.signInForm(bomb, packed))).toBe(400);
    expect([400, 401]).toContain(await sent(doors.tokenForm(bomb, packed)));
    expect(await sent(doors.registration(bomb, packed))).toBe(400);
  });

  it('B6: 64 KiB of headers are answered with 431', async () => {
    for (const said of longHeaders) {
      expect(await sent(doors.tokenForm('grant_type=none', said))).toBe(431);
    }
  });

  it('goes on as if nothing had been: the sign-in that was flooded, and the token that registers one portal', async () => {
    await doors.visitor.reload();
    expect(doors.visitor.page.step).toBe('password');
    const made = await town.visitor(town.nodes[0]).request(`${town.issuer()}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${doors.token}` },
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
