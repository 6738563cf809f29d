import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import Koa from 'koa';
import { createProbes, lameDuck, type RunningServer, startServer as start } from '../../src/ops/index.ts';

const running: RunningServer[] = [];
const startServer = async (given: Parameters<typeof start>[0]): Promise<RunningServer> => {
  const server = await start(given);
  running.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop(0)));
});

/** Sends `text` as it is and returns all that comes back until the connection ends. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await new Promise((resolve) => {
    socket.on('close', resolve);
  });
  return Buffer.concat(chunks).toString();
}

const local = { host: '127.0.0.1', port: 0 };

describe('the server', () => {
  it('B6: answers 431 to headers beyond the limit', async () => {
    const server = await startServer({ ...local, handler: (_, response) => void response.end('ok') });
    expect(await raw(server.port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17 * 1024)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    );
    await server.stop();
  });

  it('B7: cuts off connections that never finish their headers', async () => {
    const server = await startServer({
      ...local,
      handler: (_, response) => void response.end('ok'),
      limits: { headersMs: 100, requestMs: 200 },
    });
    expect(await raw(server.port, 'GET / HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1.1 408 /);
    await server.stop();
  });

  it('F8: finishes what is under way when it stops, and takes nothing new', async () => {
    let finish: () => void = () => undefined;
    const begun = Promise.withResolvers<void>();
    const server = await startServer({
      ...local,
      handler: (_, response) => {
        finish = () => response.end('done');
        begun.resolve();
      },
    });
    const answer = fetch(server.address);
    await begun.promise;
    const stopping = server.stop();
    await expect(fetch(server.address)).rejects.toThrow();
    finish();
    expect(await (await answer).text()).toBe('done');
    expect(await stopping).toEqual({ wasCutOff: false });
  });

  it('cuts off what does not finish in time', async () => {
    const begun = Promise.withResolvers<void>();
    const server = await startServer({ ...local, handler: () => begun.resolve() });
    const answer = fetch(server.address);
    const failed = answer.catch((error: unknown) => error);
    await begun.promise;
    expect(await server.stop(20)).toEqual({ wasCutOff: true });
    expect(await failed).toMatchObject({ message: 'fetch failed' });
  });

  it('refuses to start on a port that is taken', async () => {
    const server = await startServer({ ...local, handler: (_, response) => void response.end() });
    await expect(startServer({ ...local, port: server.port, handler: () => undefined })).rejects.toThrow('EADDRINUSE');
    await server.stop();
  });

  it('F8: exits 0 at SIGTERM, the answer under way delivered', async () => {
    const child = spawn(process.execPath, [new URL('./support/stoppable.ts', import.meta.url).pathname], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const answer = await fetch(line.toString().trim());
    child.kill('SIGTERM');
    expect(await answer.text()).toBe('begun, done');
    expect(await exited).toEqual([0, null]);
  });
});

describe('probes', () => {
  const ask = async (isReady: () => Promise<boolean>, path: string, drained = false) => {
    const probes = createProbes({ isReady });
    const app = new Koa();
    app.use(probes.middleware);
    if (drained) probes.drain();
    const server = await startServer({ ...local, handler: app.callback() });
    const answer = await fetch(`${server.address}${path}`);
    const result = { status: answer.status, body: await answer.text() };
    await server.stop();
    return result;
  };

  it('are green while the database answers', async () => {
    expect(await ask(async () => true, '/readyz')).toEqual({ status: 200, body: '{"status":"ready"}' });
  });

  it('F2: are red while it does not, but the process counts as alive', async () => {
    expect((await ask(async () => false, '/readyz')).status).toBe(503);
    expect((await ask(() => Promise.reject(new Error('away')), '/readyz')).status).toBe(503);
    expect((await ask(async () => false, '/healthz')).status).toBe(200);
  });

  it('F2: are red within two seconds when the database hangs', async () => {
    expect(await ask(() => new Promise(() => undefined), '/readyz')).toEqual({
      status: 503,
      body: '{"status":"not ready","because":"database"}',
    });
  });

  it('are red while the server stops', async () => {
    expect(await ask(async () => true, '/readyz', true)).toEqual({
      status: 503,
      body: '{"status":"not ready","because":"draining"}',
    });
  });

  it('are red while something holds them, and green when nothing does any more', async () => {
    const probes = createProbes({ isReady: async () => true });
    const app = new Koa();
    app.use(probes.middleware);
    const server = await startServer({ ...local, handler: app.callback() });
    const status = async (path: string) => (await fetch(`${server.address}${path}`)).status;
    const releases = [probes.hold(), probes.hold()];
    const seen: number[] = [await status('/healthz')];
    for (const release of releases) {
      seen.push(await status('/readyz'));
      release();
    }
    seen.push(await status('/readyz'));
    await server.stop();
    expect(seen).toEqual([200, 503, 503, 200]);
  });

  it('leave other paths alone', async () => {
    expect((await ask(async () => true, '/readyz/x')).status).toBe(404);
  });
});

describe('a server among a thousand slow clients', () => {
  /** Connections that begin their headers and never end them, and all that comes back on each. */
  async function slowClients(port: number, count: number) {
    const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
    const ends = sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          let text = '';
          socket.on('data', (chunk: Buffer) => {
            text += chunk.toString();
          });
          socket.on('error', () => undefined);
          socket.on('close', () => resolve(text));
          socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow:');
        }),
    );
    await Promise.all(sockets.filter(({ connecting }) => connecting).map((socket) => once(socket, 'connect')));
    return { sockets, ends };
  }
  const handler = (_: unknown, response: { end(text: string): unknown }) => void response.end('ok');

  it('B7: answers others, each on a connection of its own, while all of them are held', async () => {
    const server = await startServer({ ...local, handler, limits: { headersMs: 600_000, requestMs: 600_000 } });
    const { sockets, ends } = await slowClients(server.port, 1_000);
    for (let turn = 0; turn < 20; turn += 1) {
      const answer = await raw(server.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
    }
    expect(sockets.filter(({ closed }) => !closed)).toHaveLength(1_000);
    await server.stop(0);
    await Promise.all(ends);
  });

  it('B7: cuts all of them off when their time is over', async () => {
    const server = await startServer({ ...local, handler, limits: { headersMs: 1_000, requestMs: 2_000 } });
    const { ends } = await slowClients(server.port, 1_000);
    const answers = await Promise.all(ends);
    expect(answers.filter((text) => !/^HTTP\/1.1 408 /.test(text))).toEqual([]);
    await server.stop();
  });
});

describe('the lame duck', () => {
  it('F8: is not ready any more, and serves on until its delay is over', async () => {
    const probes = createProbes({ isReady: async () => true });
    const app = new Koa();
    app.use(probes.middleware);
    app.use((koa) => {
      koa.body = 'served';
    });
    const server = await startServer({ ...local, handler: app.callback() });
    const stopping = lameDuck(probes, 1).then(() => server.stop());
    expect((await fetch(`${server.address}/readyz`)).status).toBe(503);
    expect((await fetch(`${server.address}/healthz`)).status).toBe(200);
    expect(await (await fetch(server.address)).text()).toBe('served');
    expect(await stopping).toEqual({ wasCutOff: false });
    await expect(fetch(server.address)).rejects.toThrow();
  });
});
