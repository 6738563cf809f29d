import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type Context as Carrier, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Context, Next } from 'koa';
import { isProbe, routeLabel } from './route-label.ts';

/**
 * OpenTelemetry traces: a span for a request, one in it for each operation on documents. Attributes name routes,
 * collections and the reference number; no path, no query, no person. A trace begins here: a `traceparent` of a
 * browser is anybody's word.
 */
export interface Traces {
  request(koa: Context, next: Next): Promise<void>;
  operation<R>(collection: string, operation: string, act: () => Promise<R>): Promise<R>;
  /** Sends what is left, and no more. */
  stop(): Promise<void>;
}

/** For a batch, tries again included; what is not taken by then is dropped. */
const patienceMs = 3_000;

/** `url`: where spans are posted to (OTLP over HTTP, JSON). */
export async function createTraces(url: string): Promise<Traces> {
  return tracesTo(new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url, timeoutMillis: patienceMs }) }));
}

function tracesTo(processor: SpanProcessor): Traces {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'gatehouse', 'process.pid': process.pid }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('gatehouse');
  const current = new AsyncLocalStorage<Carrier>();

  return {
    async request(koa, next) {
      if (isProbe(koa.path)) return next();
      const span = tracer.startSpan(koa.method, { kind: SpanKind.SERVER }, ROOT_CONTEXT);
      koa.res.once('close', () => {
        const route = routeLabel(koa);
        const status = koa.res.statusCode;
        span.updateName(`${koa.method} ${route}`);
        span.setAttributes({
          'http.request.method': koa.method,
          'http.route': route,
          'http.response.status_code': status,
          'gatehouse.reference': String(koa.state.reference ?? ''),
        });
        if (status >= 500 || !koa.res.writableFinished) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      });
      return current.run(trace.setSpan(ROOT_CONTEXT, span), next);
    },
    async operation(collection, operation, act) {
      const parent = current.getStore();
      // Background work is not traced: it belongs to nobody's request, and there is a lot of it.
      if (parent === undefined) return act();
      const attributes = { 'db.collection.name': collection, 'db.operation.name': operation };
      const span = tracer.startSpan(`${operation} ${collection}`, { kind: SpanKind.CLIENT, attributes }, parent);
      try {
        return await act();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'thrown' });
        throw error;
      } finally {
        span.end();
      }
    },
    async stop() {
      // A collector that is away or hangs must not keep a server from ending well.
      const sent = provider.shutdown().catch(() => undefined);
      await Promise.race([sent, pause(patienceMs, undefined, { ref: false })]);
    },
  };
}
