import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type Context as Carrier, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Passing } from '../http/index.ts';
import { isProbe, routeLabel } from './route-label.ts';

/**
 * OpenTelemetry traces: a span for a request, one in it for each operation on documents. Attributes name routes,
 * collections and the reference number; no path, no query, no person. A trace begins here: a `traceparent` of a
 * browser is anybody's word.
 */
export interface Traces {
  request(passing: Passing, next: () => Promise<unknown>): Promise<unknown>;
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
    async request(passing, next) {
      if (isProbe(passing.path)) return next();
      const span = tracer.startSpan(passing.method, { kind: SpanKind.SERVER }, ROOT_CONTEXT);
      passing.res.once('close', () => {
        const route = routeLabel(passing);
        const status = passing.res.statusCode;
        span.updateName(`${passing.method} ${route}`);
        span.setAttributes({
          'http.request.method': passing.method,
          'http.route': route,
          'http.response.status_code': status,
          'gatehouse.reference': passing.state.reference ?? '',
        });
        if (status >= 500 || !passing.res.writableFinished) span.setStatus({ code: SpanStatusCode.ERROR });
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
