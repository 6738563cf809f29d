import type { Onlooker } from '../http/index.ts';
import type { OutboxItem, Store } from '../store/index.ts';
import type { CodeMessageSeen } from './metrics/code-messages.ts';
import type { MetricSources, Metrics } from './metrics/metrics.ts';
import type { Traces } from './traces.ts';
import { watchStore } from './watch-store.ts';

/** Looks on while requests, documents and events pass; changes none of them. */
export interface Telemetry {
  /** To be asked before any other middleware that may answer. Undefined: nobody looks on. */
  readonly middleware: Onlooker | undefined;
  watch(store: Store): Store;
  /** Audit events that were delivered. */
  told(items: readonly OutboxItem[]): void;
  /** A code by telephone: admitted, refused, used, failed. */
  codeMessage(seen: CodeMessageSeen): void;
  /** Where queue lengths are asked for. */
  sources(sources: MetricSources): void;
  readonly metrics: Metrics | undefined;
  /** Sends what is still to be sent. */
  stop(): Promise<void>;
}

export const noTelemetry: Telemetry = {
  middleware: undefined,
  watch: (store) => store,
  told: () => undefined,
  codeMessage: () => undefined,
  sources: () => undefined,
  metrics: undefined,
  stop: async () => undefined,
};

/** prom-client and OpenTelemetry are loaded only when they are asked for. */
export async function openTelemetry(wanted: {
  readonly hasMetrics: boolean;
  /** Undefined: no traces. */
  readonly tracesUrl: string | undefined;
}): Promise<Telemetry> {
  if (!wanted.hasMetrics && wanted.tracesUrl === undefined) return noTelemetry;
  const metrics = wanted.hasMetrics ? (await import('./metrics/metrics.ts')).createMetrics() : undefined;
  const traces =
    wanted.tracesUrl === undefined ? undefined : await (await import('./traces.ts')).createTraces(wanted.tracesUrl);
  return joined(metrics, traces);
}

export function joined(metrics: Metrics | undefined, traces: Traces | undefined): Telemetry {
  return {
    metrics,
    middleware: async (passing, next) => {
      metrics?.request(passing);
      return traces === undefined ? next() : traces.request(passing, next);
    },
    watch: (store) =>
      watchStore(store, (collection, operation, act) => {
        const traced = traces === undefined ? act : () => traces.operation(collection, operation, act);
        return metrics === undefined ? traced() : metrics.operation(collection, operation, traced);
      }),
    told: (items) => metrics?.told(items),
    codeMessage: (seen) => metrics?.codeMessage(seen),
    sources: (sources) => metrics?.sources(sources),
    stop: async () => traces?.stop(),
  };
}
