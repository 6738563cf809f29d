import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Passing } from '../../http/index.ts';
import type { OutboxItem } from '../../store/index.ts';
import { routeLabel } from '../route-label.ts';
import { type CodeMessageSeen, createCodeMessages } from './code-messages.ts';
import { createGauges, type MetricSources } from './gauges.ts';
import { countEvent, stepOutcome } from './sign-ins.ts';

export type { MetricSources } from './gauges.ts';

/** What is measured. Labels have few values each, and none is a person, an address, an identifier or a realm's data. */
export interface Metrics {
  /** Measures this request's answer when it is through. */
  request(passing: Passing): void;
  operation<R>(collection: string, operation: string, act: () => Promise<R>): Promise<R>;
  told(items: readonly OutboxItem[]): void;
  codeMessage(seen: CodeMessageSeen): void;
  sources(sources: MetricSources): void;
  /** As JSON, to be joined with other processes' (`joinMetrics`). */
  asJson(): Promise<object>;
  text(): Promise<string>;
}

const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const storeBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'gatehouse_http_request_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers,
  });
  const steps = new Counter({
    name: 'gatehouse_sign_in_steps_total',
    help: 'Forms of a sign-in that were posted: passed, again (with its faults), held, failed.',
    labelNames: ['step', 'outcome'],
    registers,
  });
  const operations = new Histogram({
    name: 'gatehouse_store_seconds',
    help: 'Operations on documents, waiting included.',
    labelNames: ['collection', 'operation', 'outcome'],
    buckets: storeBuckets,
    registers,
  });
  const signIns = {
    ended: new Counter({
      name: 'gatehouse_sign_ins_total',
      help: 'Sign-ins that came to an end: completed, or why not.',
      labelNames: ['outcome'],
      registers,
    }),
    seconds: new Histogram({
      name: 'gatehouse_sign_in_seconds',
      help: 'From the beginning of a completed sign-in to its end, the time people took included.',
      buckets: [0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 900, 1800],
      registers,
    }),
    events: new Counter({
      name: 'gatehouse_events_total',
      help: 'Audit events by type, counted by the process that delivered them.',
      labelNames: ['type'],
      registers,
    }),
    refusals: new Counter({
      name: 'gatehouse_sign_in_refusals_total',
      help: 'Sign-ins that policy did not let go on, by what it said.',
      labelNames: ['why'],
      registers,
    }),
    proofs: new Counter({
      name: 'gatehouse_proofs_total',
      help: 'Proofs by kind of factor: right, in sign-ins that were completed, and wrong.',
      labelNames: ['factor', 'outcome'],
      registers,
    }),
  };
  const codeMessage = createCodeMessages(registers);
  const gauges = createGauges(registers);

  return {
    request(passing) {
      const startedAt = performance.now();
      passing.res.once('close', () => {
        const route = routeLabel(passing);
        const method = methods.has(passing.method) ? passing.method : 'other';
        const status = passing.res.writableFinished ? passing.res.statusCode : 'cut off';
        requests.observe({ method, route, status }, (performance.now() - startedAt) / 1000);
        const passed = stepOutcome(
          method,
          route,
          passing.res.statusCode,
          String(passing.res.getHeader('location') ?? ''),
        );
        if (passed !== undefined) steps.inc(passed);
      });
    },
    async operation(collection, operation, act) {
      const end = operations.startTimer({ collection, operation });
      try {
        const result = await act();
        end({ outcome: 'ok' });
        return result;
      } catch (error) {
        end({ outcome: error instanceof Error && error.name === 'Duplicate' ? 'duplicate' : 'failed' });
        throw error;
      }
    },
    told(items) {
      for (const item of items) countEvent(signIns, item);
    },
    codeMessage,
    sources: (sources) => gauges.from(sources),
    asJson: () => registry.getMetricsAsJSON(),
    text: () => registry.metrics(),
  };
}
