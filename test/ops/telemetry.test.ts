import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import Koa from 'koa';
import { pino } from 'pino';
import { joinMetrics, openTelemetry, serveMetrics, startServer, type Telemetry } from '../../src/ops/index.ts';
import { stepOutcome } from '../../src/ops/metrics/sign-ins.ts';
import { type RunningApp, runApp } from '../support/app.ts';
import { Visitor } from '../support/visitor.ts';

const ownersSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
/** Nothing of a person, nor of one sign-in. */
const personal = /owner|olivia|web1\.example|127\.0\.0\.1|bicycles|\b\d{6}\b.*otp/i;

/** Takes what an OpenTelemetry exporter posts. */
async function aCollector() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  return { url, bodies, close: () => new Promise((resolve) => server.close(resolve)) };
}

interface SpanJson {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

function spansIn(bodies: readonly string[]): readonly SpanJson[] {
  const exports = bodies.map(
    (body) => JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: SpanJson[] }[] }[] },
  );
  return exports.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
}

describe('telemetry of a sign-in', () => {
  let telemetry: Telemetry;
  let app: RunningApp;
  let collector: Awaited<ReturnType<typeof aCollector>>;
  let text: string;

  beforeAll(async () => {
    collector = await aCollector();
    telemetry = await openTelemetry({ hasMetrics: true, tracesUrl: collector.url });
    app = await runApp({ telemetry });
    const owner = new Visitor();
    await owner.visit(`${app.demoOrigin}/web1-mail`);
    await owner.click(/^sign in$/i);
    await owner.fill({ identifier: 'owner', password: 'wrong' }).submit();
    await owner.fill({ identifier: 'owner', password: 'seven green bicycles' }).submit();
    app.clock.advance(2_500);
    await owner.fill({ code: app.code(ownersSecret) }).submit();
    expect(owner.page.url.origin).toBe(app.demoOrigin);
    await app.app.drain();
    text = (await telemetry.metrics?.text()) ?? '';
    await telemetry.stop();
  });
  afterAll(async () => {
    await app.close();
    await collector.close();
  });

  it('counts it by outcome and step, with its durations', () => {
    expect(text).toContain('gatehouse_sign_ins_total{outcome="completed"} 1');
    expect(text).toContain('gatehouse_sign_in_seconds_sum 2.5');
    expect(text).toContain('gatehouse_proofs_total{factor="password",outcome="wrong"} 1');
    expect(text).toContain('gatehouse_proofs_total{factor="password",outcome="right"} 1');
    expect(text).toContain('gatehouse_proofs_total{factor="totp",outcome="right"} 1');
    expect(text).toMatch(/gatehouse_sign_in_steps_total\{step="password",outcome="again"\} 1/);
    expect(text).toMatch(/gatehouse_sign_in_steps_total\{step="password",outcome="passed"\} 1/);
    expect(text).toMatch(
      /gatehouse_http_request_seconds_count\{method="POST",route="provider \/token",status="200"\} 1/,
    );
    expect(text).toMatch(/gatehouse_store_seconds_count\{collection="attempts",operation="update",outcome="ok"\} \d+/);
  });

  it('says how long queues are, and how the process does', () => {
    expect(text).toContain('gatehouse_database_up 1');
    expect(text).toMatch(/gatehouse_messages_waiting \d+/);
    expect(text).toContain('gatehouse_outbox_documents 0');
    expect(text).toContain('gatehouse_hashes_waiting 0');
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds /);
  });

  it('S2: names nobody in a metric', () => {
    expect(text).not.toMatch(personal);
  });

  it('traces requests, with what they did to documents inside them', () => {
    const spans = spansIn(collector.bodies);
    const posted = spans.filter(({ name }) => name === 'POST /sign-in/:uid/password');
    expect(posted).toHaveLength(2);
    const [first] = posted;
    const inside = spans.filter(({ parentSpanId }) => parentSpanId === first?.spanId);
    expect(inside.map(({ name }) => name)).toContain('get attempts');
    for (const { traceId } of inside) expect(traceId).toBe(first?.traceId);
    const reference = first?.attributes.find(({ key }) => key === 'gatehouse.reference')?.value.stringValue;
    expect(app.log()).toContain(`"reference":"${String(reference)}"`);
  });

  it('S2: names nobody in a trace, and no query', () => {
    const told = collector.bodies.join();
    expect(told).not.toMatch(personal);
    expect(told).not.toContain('code_challenge');
    expect(told).not.toContain('?');
  });
});

describe('traces', () => {
  it('F8: do not keep a server from ending when the collector hangs', async () => {
    const held: Socket[] = [];
    const silent = createTcpServer((socket) => void held.push(socket));
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const { port } = silent.address() as AddressInfo;
    const tracesUrl = `http://127.0.0.1:${port}/v1/traces`;
    const { middleware, stop } = await openTelemetry({ hasMetrics: false, tracesUrl });
    const koa = new Koa();
    if (middleware !== undefined) koa.use(middleware);
    koa.use((context) => {
      context.body = 'ok';
    });
    const server = await startServer({ handler: koa.callback(), host: '127.0.0.1', port: 0 });
    await (await fetch(server.address)).text();
    await server.stop();
    await stop();
    expect(held).toHaveLength(1);
    held[0]?.destroy();
    silent.close();
  });
});

describe('metrics', () => {
  it.each([
    ['POST', '/sign-in/:uid/password', 303, { step: 'password', outcome: 'passed' }],
    ['POST', '/sign-in/:uid/password', 200, { step: 'password', outcome: 'again' }],
    ['POST', '/sign-in/:uid/challenge/:method', 429, { step: 'challenge/:method', outcome: 'held' }],
    ['POST', '/sign-in/:uid/password', 503, { step: 'password', outcome: 'failed' }],
    ['GET', '/sign-in/:uid/password', 200, undefined],
    ['POST', '/sign-in/:uid', 303, undefined],
  ])('%s %s answered with %d counts as %j', (method, route, status, expected) => {
    expect(stepOutcome(method, route, status)).toEqual(expected);
  });

  it('count a form that was led back to its page as asked again', () => {
    const back = 'https://id.example/sign-in/u/password?fault=f';
    expect(stepOutcome('POST', '/sign-in/:uid/password', 303, back)).toEqual({ step: 'password', outcome: 'again' });
  });

  it('of several workers are added up; lengths of shared queues are not', async () => {
    const parts = [];
    for (const waiting of [3, 3]) {
      const { metrics, told, sources } = await openTelemetry({ hasMetrics: true, tracesUrl: undefined });
      const body = { type: 'sign_in.ended', details: { because: 'guesses' } };
      told([{ id: 'a', kind: 'audit', at: new Date(), body }]);
      sources({
        isReady: async () => true,
        messagesWaiting: async () => waiting,
        outbox: async () => ({ documents: 0, oldestAt: undefined }),
        hashes: () => ({ running: 1, waiting: 0, turnedAway: 3 }),
        now: () => new Date(),
      });
      // Through JSON, as between processes.
      parts.push(JSON.parse(JSON.stringify(await metrics?.asJson())) as object);
    }
    const text = await joinMetrics(parts, { wanted: 2, deaths: 1 });
    expect(text).toContain('gatehouse_sign_ins_total{outcome="guesses"} 2');
    expect(text).toContain('gatehouse_messages_waiting 3');
    expect(text).toContain('gatehouse_hashes_running 2');
    expect(text).toContain('gatehouse_hashes_turned_away 6');
    expect(text).toContain('gatehouse_workers_answering 2');
    expect(text).toContain('gatehouse_worker_deaths 1');
  });

  it('keep answering while the database is away', async () => {
    const { metrics, sources } = await openTelemetry({ hasMetrics: true, tracesUrl: undefined });
    const away = () => Promise.reject(new Error('away'));
    sources({
      isReady: async () => false,
      messagesWaiting: away,
      outbox: away,
      hashes: () => ({ running: 0, waiting: 0, turnedAway: 0 }),
      now: () => new Date(),
    });
    expect(await metrics?.text()).toContain('gatehouse_database_up 0');
  });

  it('are served on their own port, and nothing else is', async () => {
    const log = pino({ level: 'silent' });
    const server = await serveMetrics({ host: '127.0.0.1', port: 0, read: async () => 'up 1\n', log });
    const answer = await fetch(`${server.address}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toBe('up 1\n');
    expect((await fetch(`${server.address}/`)).status).toBe(404);
    expect((await fetch(`${server.address}/metrics`, { method: 'POST' })).status).toBe(404);
    await server.stop(100);
  });

  it('cost nothing when nobody asked for them', async () => {
    const { metrics, middleware } = await openTelemetry({ hasMetrics: false, tracesUrl: undefined });
    expect({ metrics, middleware }).toEqual({ metrics: undefined, middleware: undefined });
  });
});
